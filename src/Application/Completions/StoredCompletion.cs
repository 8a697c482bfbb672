using System.Text.Json;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Completions;

/// <summary>A completion as it is stored for repeated requests.</summary>
/// <param name="Id">Its id.</param>
/// <param name="BegunAt">When it began.</param>
/// <param name="Provider">The provider; null if none has begun.</param>
/// <param name="Model">The model.</param>
/// <param name="Text">The text.</param>
/// <param name="Calls">The tool calls, in their order.</param>
/// <param name="Reason">Why it ended, if the provider tells.</param>
/// <param name="Usage">The usage, if the provider tells.</param>
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
    /// <summary>A tool call.</summary>
    internal sealed record Call(int Index, string? Id, string? Name, string Arguments)
    {
        /// <summary>What only the provider knows of it.</summary>
        public IReadOnlyDictionary<string, JsonElement>? More { get; init; }
    }

    /// <summary>How many code units it has.</summary>
    public int Length => Text.Length + Calls.Sum(call => call.Arguments.Length);

    /// <summary>A generation as it is stored.</summary>
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
                    More = call.Identity.More,
                }),
            ],
            end.FinishReason,
            end.Usage
        );
    }

    /// <summary>The generation as it ended the first time.</summary>
    /// <param name="owner">Whom it belongs to.</param>
    public Generation ToGeneration(string owner)
    {
        var generation = new Generation(new GenerationIdentity(Id, owner, BegunAt));
        if (Provider is not null)
            generation.Begin(Provider, Model!);
        generation.Append(Text);
        foreach (var call in Calls)
            generation.Append(new ToolCallPiece(call.Index, call.Id, call.Name, call.Arguments) { More = call.More });
        generation.Finish(new GenerationEnd(MessageStatus.Completed, BegunAt, Reason, Usage, [], null));
        return generation;
    }
}
