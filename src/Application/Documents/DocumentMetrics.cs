using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace QrAi.Application.Documents;

/// <summary>The metrics of documents and searches. They never have a name or a text.</summary>
internal static class DocumentMetrics
{
    private static readonly Meter _meter = new("QrAi.Documents");

    private static readonly Counter<long> _documents = _meter.CreateCounter<long>(
        "qrai.documents",
        "{document}",
        "Documents that were read, successfully or not."
    );

    private static readonly Counter<long> _passages = _meter.CreateCounter<long>(
        "qrai.document.passages",
        "{passage}",
        "Passages of documents that were read."
    );

    private static readonly Histogram<double> _duration = _meter.CreateHistogram(
        "qrai.document.duration",
        "s",
        "The time of reading and indexing a document.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
        }
    );

    private static readonly Histogram<double> _searches = _meter.CreateHistogram(
        "qrai.search.duration",
        "s",
        "The time of a search.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
        }
    );

    private static readonly Counter<long> _withoutVectors = _meter.CreateCounter<long>(
        "qrai.search.without_vectors",
        "{search}",
        "Searches by words alone although there are vectors."
    );

    /// <summary>Records a document that was read.</summary>
    /// <param name="mediaType">The media type.</param>
    /// <param name="passages">The number of passages.</param>
    /// <param name="duration">The time of reading and indexing.</param>
    public static void RecordReady(string mediaType, int passages, TimeSpan duration)
    {
        var tags = new TagList { { "qrai.media_type", mediaType }, { "qrai.outcome", "ready" } };
        _documents.Add(1, tags);
        _passages.Add(passages, tags);
        _duration.Record(duration.TotalSeconds, tags);
    }

    /// <summary>Records a document that could not be read.</summary>
    /// <param name="mediaType">The media type.</param>
    /// <param name="code">The code of the error.</param>
    public static void RecordFailed(string mediaType, string code) =>
        _documents.Add(
            1,
            new TagList
            {
                { "qrai.media_type", mediaType },
                { "qrai.outcome", "failed" },
                { "error.type", code },
            }
        );

    /// <summary>Records a search.</summary>
    /// <param name="duration">The time.</param>
    public static void RecordSearch(TimeSpan duration) => _searches.Record(duration.TotalSeconds);

    /// <summary>Records a search by words alone although there are vectors.</summary>
    /// <param name="cause">The cause: <c>provider</c> or <c>memory</c>.</param>
    public static void RecordWithoutVectors(string cause) =>
        _withoutVectors.Add(1, new TagList { { "error.type", cause } });
}
