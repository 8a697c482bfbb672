using QrAi.Application.Usage;

namespace QrAi.Infrastructure.Settings;

/// <summary>How the usage of providers is accounted for.</summary>
public sealed record UsageOptions
{
    private const string PricesName = "MODEL_PRICES";

    /// <summary>The prices of models.</summary>
    public required ModelPrices Prices { get; init; }

    internal static UsageOptions Read(SettingsReader settings) => new() { Prices = ReadPrices(settings) };

    private static ModelPrices ReadPrices(SettingsReader settings)
    {
        if (settings.Find(PricesName) is not { } path)
            return ModelPrices.None;
        try
        {
            return ModelPricesFile.Read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            settings.Report(PricesName, $"must be a JSON file that can be read; {path} cannot: {exception.Message}");
        }
        catch (FormatException exception)
        {
            settings.Report(PricesName, $"{path}: {exception.Message}");
        }

        return ModelPrices.None;
    }
}
