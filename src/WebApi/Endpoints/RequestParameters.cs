using System.Globalization;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Paging;

namespace QrAi.WebApi.Endpoints;

/// <summary>Reads parameters of path, query and headers, and arguments that are ids, and names the one that cannot be used.</summary>
internal static class RequestParameters
{
    private static readonly string[] _onlyOnce = ["must be given once"];

    /// <summary>Rejects a query parameter that is given twice: which value counts is undefined.</summary>
    /// <exception cref="InvalidRequestException">A parameter is.</exception>
    public static void RequireSingle(IQueryCollection query)
    {
        var twice = query.Where(parameter => parameter.Value.Count > 1).ToDictionary(one => one.Key, _ => _onlyOnce);
        if (twice.Count > 0)
            throw new InvalidRequestException(twice);
    }

    public static Guid ParseId(string id, string name = "id") =>
        Guid.TryParseExact(id, "D", out var parsed)
            ? parsed
            : throw new InvalidRequestException(name, "must be a UUID");

    public static int ParseLimit(string? limit) =>
        limit is null ? PageLimits.Default
        : int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed
        : throw new InvalidRequestException("limit", $"must be a whole number from 1 to {PageLimits.Max}");

    /// <summary>Parses a day as <c>2026-11-28</c>, or by one of its times.</summary>
    public static DateOnly? ParseDate(string? date, string name) =>
        date is null ? null
        : TryParseDate(date, out var parsed) ? parsed
        : throw new InvalidRequestException(name, "must be a date such as 2026-11-28");

    /// <summary>Parses a date, or a time, which stands for its day in UTC.</summary>
    public static bool TryParseDate(string text, out DateOnly parsed)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out parsed))
            return true;
        if (
            !text.Contains('T', StringComparison.Ordinal)
            || !DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            )
        )
            return false;
        parsed = DateOnly.FromDateTime(time.UtcDateTime);
        return true;
    }

    public static bool ParseBoolean(string? value, string name) =>
        value switch
        {
            null or "false" => false,
            "true" => true,
            _ => throw new InvalidRequestException(name, "must be true or false"),
        };

    /// <summary>Parses a value of an enumeration, which callers see in lower case.</summary>
    public static T? ParseName<T>(string? value, string name)
        where T : struct, Enum
    {
        if (value is null)
            return null;
        var names = Enum.GetNames<T>().Select(one => one.ToLowerInvariant()).ToList();
        return names.Contains(value)
            ? Enum.Parse<T>(value, ignoreCase: true)
            : throw new InvalidRequestException(name, $"must be one of {string.Join(", ", names)}");
    }

    public static Position ParseLastEventId(string? lastEventId, string name = "Last-Event-ID") =>
        string.IsNullOrEmpty(lastEventId) ? Position.Start
        : Position.TryParse(lastEventId, out var position) ? position
        : throw new InvalidRequestException(name, "must be the id of an event");
}
