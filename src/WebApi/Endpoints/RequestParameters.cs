using System.Globalization;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Paging;

namespace QrAi.WebApi.Endpoints;

/// <summary>Reads parameters of path, query and headers, and arguments that are ids, and names the one that cannot be used.</summary>
internal static class RequestParameters
{
    public static Guid ParseId(string id, string name = "id") =>
        Guid.TryParseExact(id, "D", out var parsed)
            ? parsed
            : throw new InvalidRequestException(name, "must be a UUID");

    public static int ParseLimit(string? limit) =>
        limit is null ? PageLimits.Default
        : int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed
        : throw new InvalidRequestException("limit", $"must be a whole number from 1 to {PageLimits.Max}");

    public static Position ParseLastEventId(string? lastEventId, string name = "Last-Event-ID") =>
        string.IsNullOrEmpty(lastEventId) ? Position.Start
        : Position.TryParse(lastEventId, out var position) ? position
        : throw new InvalidRequestException(name, "must be the id of an event");
}
