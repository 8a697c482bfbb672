using System.Text.Json;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Completions;

/// <summary>A completion that is stored for repeated requests.</summary>
/// <param name="Id">The id of the completion.</param>
/// <param name="BegunAt">The time at which it began.</param>
/// <param name="Provider">The provider; null if none started to answer.</param>
/// <param name="Model">The model of the provider.</param>
/// <param name="Text">The text.</param>
/// <param name="Calls">The tool calls, in order.</param>
/// <param name="Reason">The finish reason, if the provider reported it.</param>
/// <param name="Usage">The token usage, if the provider reported it.</param>
internal sealed record StoredCompletion(
    Guid Id,
    DateTimeOffset BegunAt,
    string? Provider,
    string? Model,
    string Text,
    IReadOnlyList<StoredCompletion.Call> Calls,
    string? Reason,
    TokenUsage? Usage
)
{
    /// <summary>The passages of documents that the completion was given; null for none.</summary>
    public IReadOnlyList<SourcePassage>? Sources { get; init; }

    /// <summary>Those of the tokens sent that the provider read from its cache.</summary>
    public int? CachedTokens { get; init; }

    /// <summary>A tool call.</summary>
    internal sealed record Call(int Index, string? Id, string? Name, string Arguments)
    {
        /// <summary>Additional members of the provider.</summary>
        public IReadOnlyDictionary<string, JsonElement>? AdditionalMembers { get; init; }
    }

    /// <summary>The length in UTF-16 code units.</summary>
    public int Length => Text.Length + Calls.Sum(call => call.Arguments.Length);

    /// <summary>Converts a generation that has ended.</summary>
    public static StoredCompletion Of(Generation generation, GenerationEnd end)
    {
        var view = generation.Read();
        return new StoredCompletion(
            generation.Identity.Id,
            generation.Identity.CreatedAt,
            view.Start?.Provider,
            view.Start?.Model,
            view.Text.ToString(),
            [
                .. view.Calls.Select(call => new Call(
                    call.Index,
                    call.Identity.Id,
                    call.Identity.Name,
                    call.Arguments.ToString()
                )
                {
                    AdditionalMembers = call.Identity.AdditionalMembers,
                }),
            ],
            end.FinishReason,
            end.Usage
        )
        {
            Sources = view.Sources.Count > 0 ? view.Sources : null,
            CachedTokens = end.Usage?.CachedTokens,
        };
    }

    /// <summary>Converts the completion to a generation that has ended.</summary>
    /// <param name="owner">The owner of the completion.</param>
    public Generation ToGeneration(string owner)
    {
        var generation = new Generation(new GenerationIdentity(Id, owner, BegunAt));
        generation.SetSources(Sources ?? []);
        if (Provider is not null)
            generation.Begin(Provider, Model!);
        generation.Append(Text);
        foreach (var call in Calls)
            generation.Append(
                new ToolCallPiece(call.Index, call.Id, call.Name, call.Arguments)
                {
                    AdditionalMembers = call.AdditionalMembers,
                }
            );
        var usage = Usage is null ? null : Usage with { CachedTokens = CachedTokens };
        generation.Finish(new GenerationEnd(MessageStatus.Completed, BegunAt, Reason, usage, [], null));
        return generation;
    }
}
