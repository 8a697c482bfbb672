using System.Diagnostics;
using System.Diagnostics.Metrics;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Answers;

/// <summary>Records the number of answers by provider and outcome, and their duration.</summary>
internal static class AnswerMetrics
{
    private static readonly Meter Metrics = new("QrAi.Answers");

    private static readonly Counter<long> Answers = Metrics.CreateCounter<long>(
        "qrai.answers",
        "{answer}",
        "Answers that have ended."
    );

    private static readonly Histogram<double> Duration = Metrics.CreateHistogram(
        "qrai.answer.duration",
        "s",
        "The time from a question to the end of its answer.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
        }
    );

    /// <summary>Records an answer that has ended.</summary>
    public static void Record(AnswerEnded answer)
    {
        var tags = new TagList
        {
            { "qrai.provider", answer.Provider ?? "none" },
            { "qrai.outcome", NameOf(answer.Status) },
        };
        if (answer.ErrorCode is { } error)
            tags.Add("error.type", error);
        Answers.Add(1, tags);
        Duration.Record(answer.Duration.TotalSeconds, tags);
    }

    private static string NameOf(MessageStatus status) =>
        status switch
        {
            MessageStatus.Completed => "completed",
            MessageStatus.Failed => "failed",
            MessageStatus.Cancelled => "cancelled",
            _ => throw new ArgumentOutOfRangeException(nameof(status)),
        };
}
