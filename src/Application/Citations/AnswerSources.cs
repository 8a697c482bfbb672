using Microsoft.Extensions.Logging;
using QrAi.Application.Documents;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Application.Search;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;

namespace QrAi.Application.Citations;

/// <summary>Finds the passages that an answer is given.</summary>
internal sealed class AnswerSources(
    PassageSearch search,
    GenerationOptions options,
    TimeProvider clock,
    ILogger<AnswerSources> logger
)
{
    /// <summary>
    /// The maximum length of all passages of a prompt, in UTF-16 code units: at most as many tokens of Japanese text, so that
    /// a model with a context of 32,000 tokens has room for the conversation and the answer.
    /// </summary>
    private const int MaxLength = 12_000;

    /// <summary>The time of an outage of the database after which an answer fails. It does not continue without its documents.</summary>
    private static readonly TimeSpan MaxOutage = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Finds passages.</summary>
    /// <param name="query">What to find.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The passages, best first; null if the settings allow none.</returns>
    /// <exception cref="DatabaseUnavailableException">If the database is unavailable for some time.</exception>
    public async Task<IReadOnlyList<SourcePassage>?> FindAsync(SourceQuery query, CancellationToken cancellationToken)
    {
        if (options.Passages == 0)
            return null;
        var start = clock.GetTimestamp();
        while (true)
            try
            {
                var found = await search.SearchAsync(
                    query.Subject,
                    query.Question,
                    options.Passages,
                    query.DocumentIds,
                    cancellationToken,
                    query.Context
                );
                return ToSources(found);
            }
            catch (DatabaseUnavailableException exception) when (clock.GetElapsedTime(start) < MaxOutage)
            {
                logger.LogWarning("The documents cannot be searched yet: {Reason}", exception.Message);
                await Task.Delay(Pause, clock, cancellationToken);
            }
    }

    private static List<SourcePassage> ToSources(IReadOnlyList<PassageDto> found)
    {
        var sources = new List<SourcePassage>(found.Count);
        var length = 0;
        foreach (var passage in found)
        {
            length += passage.Text.Length;
            if (length > MaxLength && sources.Count > 0)
                break;
            sources.Add(
                new SourcePassage(
                    passage.DocumentId,
                    passage.Title,
                    passage.Number,
                    passage.Heading,
                    passage.Page,
                    passage.Text
                )
            );
        }

        return sources;
    }
}

/// <summary>What to find for an answer.</summary>
/// <param name="Subject">On whose behalf the documents are searched: its owner can read them.</param>
/// <param name="Question">The question.</param>
/// <param name="Context">What was said before, to which the question may refer; null for nothing.</param>
/// <param name="DocumentIds">The documents to search; null for all.</param>
internal sealed record SourceQuery(
    UsageSubject Subject,
    string Question,
    string? Context,
    IReadOnlyCollection<Guid>? DocumentIds
)
{
    private const int MaxAnswerLength = 500;

    /// <summary>Returns what to find for a question of a session.</summary>
    /// <param name="subject">On whose behalf the documents are searched.</param>
    /// <param name="question">The question.</param>
    /// <param name="past">The earlier turns, oldest first. The last one is what the question may refer to.</param>
    /// <param name="documentIds">The documents to search; null for all.</param>
    public static SourceQuery For(
        UsageSubject subject,
        string question,
        IReadOnlyList<PastTurn> past,
        IReadOnlyCollection<Guid>? documentIds
    ) =>
        new(
            subject,
            question,
            past is [.., var last]
                ? $"{last.Question}\n{(last.Answer.Length > MaxAnswerLength ? last.Answer[..MaxAnswerLength] : last.Answer)}"
                : null,
            documentIds
        );
}
