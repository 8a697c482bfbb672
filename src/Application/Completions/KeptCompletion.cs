using System.Text;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Completions;

/// <summary>A whole completion as it is kept for callers who ask for it again.</summary>
/// <param name="Id">Which it is.</param>
/// <param name="BegunAt">When it began.</param>
/// <param name="Provider">Who made it.</param>
/// <param name="Model">With which model.</param>
/// <param name="Text">The text.</param>
/// <param name="Calls">The tool calls, in their order.</param>
/// <param name="Reason">Why it ends.</param>
/// <param name="Usage">What it cost, where the provider says.</param>
internal sealed record KeptCompletion(
    Guid Id,
    DateTimeOffset BegunAt,
    string Provider,
    string Model,
    string Text,
    IReadOnlyList<KeptCompletion.Call> Calls,
    string Reason,
    TokenUsage? Usage
)
{
    /// <summary>A tool call.</summary>
    internal sealed record Call(int Index, string? Id, string? Name, string Arguments);

    /// <summary>Puts the parts of a whole completion together; what a provider began that broke off is void.</summary>
    public static KeptCompletion Of(List<CompletionPart> parts)
    {
        var last = parts.FindLastIndex(part => part is CompletionPart.Started);
        var started = (CompletionPart.Started)parts[last];
        var finished = (CompletionPart.Finished)parts[^1];
        var text = new StringBuilder();
        foreach (var part in parts.Skip(last).OfType<CompletionPart.Text>())
            text.Append(part.Value);
        var calls = parts
            .Skip(last)
            .OfType<CompletionPart.ToolCall>()
            .GroupBy(call => call.Index)
            .OrderBy(pieces => pieces.Key)
            .Select(pieces => new Call(
                pieces.Key,
                pieces.LastOrDefault(piece => piece.Id is not null)?.Id,
                pieces.LastOrDefault(piece => piece.Name is not null)?.Name,
                string.Concat(pieces.Select(piece => piece.Arguments))
            ));
        return new KeptCompletion(
            started.CompletionId,
            started.BegunAt,
            started.Provider,
            started.Model,
            text.ToString(),
            [.. calls],
            finished.Reason,
            finished.Usage
        );
    }

    /// <summary>Tells it as it was told the first time, in fewer parts.</summary>
    public IEnumerable<CompletionPart> ToParts()
    {
        yield return new CompletionPart.Started(Provider, Model) { CompletionId = Id, BegunAt = BegunAt };
        if (Text.Length > 0)
            yield return new CompletionPart.Text(Text);
        foreach (var call in Calls)
            yield return new CompletionPart.ToolCall(call.Index, call.Id, call.Name, call.Arguments);
        yield return new CompletionPart.Finished(Reason, Usage);
    }
}
