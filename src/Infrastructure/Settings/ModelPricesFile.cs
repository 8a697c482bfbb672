using System.Text.Json;
using QrAi.Application.Usage;

namespace QrAi.Infrastructure.Settings;

/// <summary>
/// Reads a file with prices, in US dollars per million tokens:
/// <c>{"openrouter/openai/gpt-5-mini":{"input":0.25,"cachedInput":0.025,"output":2}}</c>.
/// </summary>
internal static class ModelPricesFile
{
    private const decimal MaxPrice = 1_000_000;
    private const long MaxBytes = 16 * 1024 * 1024;
    private const string Input = "input";
    private const string CachedInput = "cachedInput";
    private const string Output = "output";

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a file.</summary>
    /// <param name="path">The path, absolute or relative to the working directory.</param>
    /// <exception cref="FormatException">If the file breaks a rule; the message names the model and the rule.</exception>
    /// <exception cref="IOException">If the file cannot be read.</exception>
    public static ModelPrices Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length > MaxBytes)
            throw new FormatException($"must have at most {MaxBytes / 1024 / 1024} MiB");
        try
        {
            using var json = JsonDocument.Parse(file, Options);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new FormatException("must be a JSON object with a member for each model");
            return new ModelPrices(
                json.RootElement.EnumerateObject().ToDictionary(model => NameOf(model), model => PriceOf(model))
            );
        }
        catch (JsonException exception)
        {
            throw new FormatException($"must be valid JSON without duplicate members: {exception.Message}", exception);
        }
    }

    private static string NameOf(JsonProperty model) =>
        model.Name.Split('/', 2) is [{ Length: > 0 }, { Length: > 0 }]
            ? model.Name
            : throw new FormatException($"{model.Name}: must be named provider/model");

    private static ModelPrice PriceOf(JsonProperty model)
    {
        if (model.Value.ValueKind != JsonValueKind.Object)
            throw new FormatException($"{model.Name}: must be an object with {Input}, {CachedInput} and {Output}");
        decimal? input = null,
            cachedInput = null,
            output = null;
        foreach (var member in model.Value.EnumerateObject())
            switch (member.Name)
            {
                case Input:
                    input = AmountOf(model, member);
                    break;
                case CachedInput:
                    cachedInput = AmountOf(model, member);
                    break;
                case Output:
                    output = AmountOf(model, member);
                    break;
                default:
                    throw new FormatException(
                        $"{model.Name}: has the unknown member {member.Name}; known are {Input}, {CachedInput}, {Output}"
                    );
            }

        return new ModelPrice(
            input ?? throw new FormatException($"{model.Name}: {Input} is required"),
            cachedInput,
            output
        );
    }

    private static decimal AmountOf(JsonProperty model, JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number
        && member.Value.TryGetDecimal(out var amount)
        && amount is >= 0 and <= MaxPrice
            ? amount
            : throw new FormatException(
                $"{model.Name}: {member.Name} must be a number from 0 to {MaxPrice:0}, in US dollars per million tokens"
            );
}
