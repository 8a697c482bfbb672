using System.Text.Json;
using System.Text.RegularExpressions;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// What a provider says of its failure. The shapes are many: OpenAI's and Azure's <c>{"error":{"code","message"}}</c>, Google's
/// <c>[{"error":{"status","details":[{"reason"}]}}]</c>, OpenRouter's numbers, Ollama's <c>{"error":"…"}</c>, vLLM's
/// <c>{"message","type"}</c>. All words and texts of known names count, wherever they stand.
/// </summary>
internal sealed partial class ProviderError
{
    private const int MaxDepth = 8;
    private const int MaxWords = 16;

    private static readonly HashSet<string> _wordsForTheOperator = new(StringComparer.OrdinalIgnoreCase)
    {
        "API_KEY_INVALID",
        "API_KEY_EXPIRED",
        "API_KEY_SERVICE_BLOCKED",
        "ACCESS_TOKEN_EXPIRED",
        "BILLING_DISABLED",
        "CONSUMER_INVALID",
        "CONSUMER_SUSPENDED",
        "FAILED_PRECONDITION",
        "PERMISSION_DENIED",
        "SERVICE_DISABLED",
        "UNAUTHENTICATED",
        "account_deactivated",
        "authentication_error",
        "billing_error",
        "billing_not_active",
        "billing_hard_limit_reached",
        "DeploymentNotFound",
        "insufficient_quota",
        "invalid_api_key",
        "invalid_model",
        "model_not_found",
        "model_not_available",
        "OperationNotSupported",
        "permission_error",
        "unknown_model",
        "unsupported_country_region_territory",
        "unsupported_model",
    };

    private readonly List<string> _words = [];

    private ProviderError() { }

    /// <summary>The number of the error, which is an HTTP status where it is in the range of one.</summary>
    public int? Code { get; private set; }

    /// <summary>Its codes and reasons, in the provider's words.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>Its sentence, which may quote what was asked; null if there is none.</summary>
    public string? Message { get; private set; }

    /// <summary>Whether the key, the account, the region or the model is at fault, and not the question.</summary>
    public bool IsForTheOperator =>
        !IsTooLong
        && (_words.Any(_wordsForTheOperator.Contains) || Message is not null && OperatorsFault().IsMatch(Message));

    private bool IsTooLong =>
        _words.Any(word => word.Contains("context_length", StringComparison.OrdinalIgnoreCase))
        || Message is not null && TooLong().IsMatch(Message);

    /// <summary>Reads an error's body; null if it is no JSON.</summary>
    public static ProviderError? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return Of(json.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads an error.</summary>
    public static ProviderError Of(JsonElement json)
    {
        var error = new ProviderError();
        if (TextOf(json) is { } message)
            error.Message = message;
        else
            error.Collect(json, MaxDepth);
        return error;
    }

    private void Collect(JsonElement json, int depth)
    {
        if (depth == 0)
            return;
        if (json.ValueKind == JsonValueKind.Array)
            foreach (var item in json.EnumerateArray())
                Collect(item, depth - 1);
        else if (json.ValueKind == JsonValueKind.Object)
            foreach (var member in json.EnumerateObject())
                Collect(member, depth);
    }

    private void Collect(JsonProperty member, int depth)
    {
        switch (member.Name)
        {
            case "code" or "status" or "type" or "reason" when TextOf(member.Value) is { } word:
                if (int.TryParse(word, out var status))
                    Code ??= status;
                else if (_words.Count < MaxWords)
                    _words.Add(word);
                break;
            case "code"
                when member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetDouble(out var number):
                if (number is >= 0 and <= int.MaxValue)
                    Code ??= (int)number;
                break;
            case "message" or "detail" or "error" when TextOf(member.Value) is { } message:
                Message ??= message;
                break;
            default:
                Collect(member.Value, depth - 1);
                break;
        }
    }

    private static string? TextOf(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return json.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half a character, or what is no UTF-8
        }
    }

    [GeneratedRegex(
        """
            api.?key|credential|authenticat|unauthori[sz]ed|permission
            |\baccount\b|billing|insufficient.(credit|fund|quota|balance)|subscription|organi[sz]ation
            |(country|region|territory|location)\b.{0,60}\b(not|un)\s?(support|avail|allow)
            |(not|un)\s?(supported|available|allowed)\b.{0,60}\b(country|region|territory|location)
            |not\ a\ valid\ model|no\ such\ model|(unknown|invalid|unsupported)\ model
            |\bmodel\b.{0,80}?\b(not\ (found|exist|available|supported|valid|allowed|accessible)|unknown|unavailable|deprecated|decommissioned|retired|disabled|no\ longer)
            """,
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.NonBacktracking
    )]
    private static partial Regex OperatorsFault();

    [GeneratedRegex(
        @"context.{0,20}(length|window|size|limit)|(too|many) (long|tokens)|token limit|maximum.{0,40}(tokens|length)",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex TooLong();
}
