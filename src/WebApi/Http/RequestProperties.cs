using Serilog.Core;
using Serilog.Events;

namespace QrAi.WebApi.Http;

/// <summary>
/// What is known of a request, for every log line on its behalf: those of the answer that it began too, and those after the
/// moment in which more becomes known. It is a feature of the request:
/// <c>context.Features.GetRequiredFeature&lt;RequestProperties&gt;().Owner = …</c>
/// </summary>
/// <param name="requestId">The request's id.</param>
internal sealed class RequestProperties(string requestId) : ILogEventEnricher
{
    /// <summary>Who is asking, as soon as it is known.</summary>
    public string? Owner { get; set; }

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        // The host's scope has an id of its own, and the path, which the request's own line has.
        logEvent.AddOrUpdateProperty(new LogEventProperty("RequestId", new ScalarValue(requestId)));
        logEvent.RemovePropertyIfPresent("RequestPath");
        if (Owner is { } owner)
            logEvent.AddPropertyIfAbsent(new LogEventProperty("Owner", new ScalarValue(owner)));
    }
}
