using System.Text;
using Microsoft.Extensions.AI;
using QrAi.Application.Citations;
using QrAi.Application.Models;
using QrAi.Application.Usage;
using QrAi.Domain.Sessions;
using QrAi.Domain.Text;
using QrAi.Domain.Usage;

namespace QrAi.Application.Generations;

/// <summary>Appends the updates of the providers' stream to a generation, and collects the metadata for its end.</summary>
/// <param name="generation">The generation.</param>
/// <param name="meter">Measures the calls of providers.</param>
/// <param name="recorder">Stores calls before the end of the answer.</param>
/// <param name="subject">On whose behalf, and for what, the providers are called.</param>
internal sealed class ProviderStream(
    Generation generation,
    UsageMeter meter,
    UsageRecorder recorder,
    UsageSubject subject
)
{
    private readonly List<Attempt> _attempts = [];
    private readonly List<UsageRecord> _calls = [];
    private readonly StringBuilder _arguments = new();
    private int _stored;
    private MarkerFilter? _markers;
    private bool _hasBegun;
    private UsageDetails? _reported;
    private TokenUsage? _usage;
    private string? _finishReason;

    /// <summary>The messages that are sent.</summary>
    public IReadOnlyList<ChatMessage> Prompt { get; set; } = [];

    /// <summary>The calls of providers that have ended, in order.</summary>
    public IReadOnlyList<UsageRecord> Calls => _calls;

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
                    _arguments.Append(piece.Name).Append(piece.Arguments);
                    break;
                case UsageContent { Details: var usage }:
                    _reported = usage;
                    break;
                case AttemptStarted started:
                    Begin(started);
                    break;
                case AttemptEnded ended:
                    End(ended);
                    break;
            }
    }

    /// <summary>Ends the text, and returns the generated answer.</summary>
    public GeneratedAnswer End()
    {
        generation.Append(_markers?.Flush() ?? "");
        return generation.ToGenerated(_attempts, WithCost(_usage), _finishReason);
    }

    private void Begin(AttemptStarted started)
    {
        StoreCalls();
        (_hasBegun, _usage, _finishReason) = (true, null, null); // those of the previous attempt are void
        _arguments.Clear();
        generation.Begin(started.Provider, started.Model);
        _markers = generation.Sources is { Count: > 0 and var count } ? new MarkerFilter(count) : null;
    }

    private void End(AttemptEnded ended)
    {
        _attempts.Add(ended.Attempt);
        if (ended.Call != AttemptCall.Skipped)
        {
            StoreCalls();
            var call = meter.Measure(subject, ended, generation.Read().Run, _reported, Prompt, Received);
            _calls.Add(call);
            if (_hasBegun && _reported is not null)
                _usage = UsageOf(_reported, call);
        }

        (_hasBegun, _reported) = (false, null);
    }

    /// <summary>
    /// Stores the calls so far, which another one follows, so that they are accounted for if this process dies. The last call is
    /// stored with the end of the answer, as the end of the question.
    /// </summary>
    private void StoreCalls()
    {
        if (_stored == _calls.Count)
            return;
        _ = recorder.RecordAsync(_calls[_stored..]); // not awaited: the stream continues
        _stored = _calls.Count;
    }

    private string Received() => _hasBegun ? generation.ToGenerated([], null, null).Content + _arguments : "";

    private static TokenUsage UsageOf(UsageDetails reported, UsageRecord call) =>
        reported.ToTokenUsage() with
        {
            Cost = call.Cost is { } cost ? Picodollars.ToDollars(cost) : null,
        };

    /// <summary>Replaces the cost of the call that answered, if it is known, by that of all calls.</summary>
    private TokenUsage? WithCost(TokenUsage? usage) =>
        usage?.Cost is null ? usage : usage with { Cost = Picodollars.ToDollars(_calls.Sum(call => call.Cost ?? 0)) };
}
