using System.Text.Json;
using System.Text.RegularExpressions;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// A provider's error. Its shape varies: OpenAI's and Azure's <c>{"error":{"code","message"}}</c>, Google's
/// <c>[{"error":{"status","details":[{"reason"}]}}]</c>, OpenRouter's numbers, Ollama's <c>{"error":"…"}</c>, vLLM's
/// <c>{"message","type"}</c>. Members with known names are read at any depth.
/// </summary>
internal sealed partial class ProviderError
{
    private const int MaxDepth = 8;
    private const int MaxCodes = 16;

    private static readonly HashSet<string> _operatorCodes = new(StringComparer.OrdinalIgnoreCase)
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

    private readonly List<string> _codes = [];

    private ProviderError() { }

    /// <summary>The number of the error, which is an HTTP status if it is in that range.</summary>
    public int? Code { get; private set; }

    /// <summary>The provider's own codes, types and reasons.</summary>
    public IReadOnlyList<string> Codes => _codes;

    /// <summary>The provider's message, which may quote the request; null if there is none.</summary>
    public string? Message { get; private set; }

    /// <summary>Whether the key, the account, the region or the model is the cause, not the question.</summary>
    public bool NeedsOperator =>
        !IsPromptTooLong
        && (_codes.Any(_operatorCodes.Contains) || Message is not null && OperatorMessage().IsMatch(Message));

    private bool IsPromptTooLong =>
        _codes.Any(code => code.Contains("context_length", StringComparison.OrdinalIgnoreCase))
        || Message is not null && PromptTooLongMessage().IsMatch(Message);

    /// <summary>Reads the body of an error response; null if it is not JSON.</summary>
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
            case "code" or "status" or "type" or "reason" when TextOf(member.Value) is { } code:
                if (int.TryParse(code, out var status))
                    Code ??= status;
                else if (_codes.Count < MaxCodes)
                    _codes.Add(code);
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
            return null; // a lone surrogate, or invalid UTF-8
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
    private static partial Regex OperatorMessage();

    [GeneratedRegex(
        @"context.{0,20}(length|window|size|limit)|(too|many) (long|tokens)|token limit|maximum.{0,40}(tokens|length)",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex PromptTooLongMessage();
}
