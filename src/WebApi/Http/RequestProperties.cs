using Serilog.Core;
using Serilog.Events;

namespace QrAi.WebApi.Http;

/// <summary>
/// The properties that all log lines of a request have, including those of the answer that it starts. A property that
/// is set later applies to the lines after it. A feature of the request:
/// <c>context.Features.GetRequiredFeature&lt;RequestProperties&gt;().Owner = …</c>
/// </summary>
/// <param name="requestId">The request's id.</param>
internal sealed class RequestProperties(string requestId) : ILogEventEnricher
{
    /// <summary>The owner, once the caller is authenticated.</summary>
    public string? Owner { get; set; }

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        // The host's scope has its own id, and the path, which only the line of the request needs.
        logEvent.AddOrUpdateProperty(new LogEventProperty("RequestId", new ScalarValue(requestId)));
        logEvent.RemovePropertyIfPresent("RequestPath");
        if (Owner is { } owner)
            logEvent.AddPropertyIfAbsent(new LogEventProperty("Owner", new ScalarValue(owner)));
    }
}
