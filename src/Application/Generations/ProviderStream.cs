using Microsoft.Extensions.AI;
using QrAi.Application.Citations;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.Domain.Text;

namespace QrAi.Application.Generations;

/// <summary>Appends the updates of the providers' stream to a generation, and collects the metadata for its end.</summary>
/// <param name="generation">The generation.</param>
internal sealed class ProviderStream(Generation generation)
{
    private readonly List<Attempt> _attempts = [];
    private MarkerFilter? _markers;
    private TokenUsage? _usage;
    private string? _finishReason;

    /// <summary>Appends an update.</summary>
    public void Append(ChatResponseUpdate update)
    {
        if (update.FinishReason is { } reason)
            _finishReason = reason.Value;
        var contents = update.Contents;
        for (var i = 0; i < contents.Count; i++) // avoids the allocation of an enumerator for each token
            switch (contents[i])
            {
                case TextContent { Text: { Length: > 0 } text }:
                    var storable = UnicodeText.ToStorable(text);
                    generation.Append(_markers is null ? storable : _markers.Append(storable));
                    break;
                case ToolCallPiece piece:
                    generation.Append(piece);
                    break;
                case UsageContent { Details: var usage }:
                    _usage = usage.ToTokenUsage();
                    break;
                case AttemptStarted started:
                    (_usage, _finishReason) = (null, null); // those of the previous attempt are void
                    generation.Begin(started.Provider, started.Model);
                    _markers = generation.Sources is { Count: > 0 and var count } ? new MarkerFilter(count) : null;
                    break;
                case AttemptEnded ended:
                    _attempts.Add(ended.Attempt);
                    break;
            }
    }

    /// <summary>Ends the text, and returns the generated answer.</summary>
    public GeneratedAnswer End()
    {
        generation.Append(_markers?.Flush() ?? "");
        return generation.ToGenerated(_attempts, _usage, _finishReason);
    }
}
