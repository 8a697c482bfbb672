using System.Runtime.ExceptionServices;
using QrAi.Application.Errors;
using QrAi.Domain.Text;

namespace QrAi.Application.Generations;

/// <summary>
/// A position in a generation. Each format writes the difference between the position and the current content, so that a slow
/// reader receives several tokens at once. Each reader has its own follower, and disposes of it.
/// </summary>
public sealed class Follower : IDisposable
{
    /// <summary>The maximum length of text that is written at once, which bounds the memory of a slow reader.</summary>
    private const int MaxText = 16 * 1024;

    private readonly IGenerationSource? _remote;
    private Dictionary<int, (ToolCallIdentity Identity, int Arguments)>? _calls;
    private IFollowedGeneration _followed;
    private Position _position;
    private int _version = -1;

    /// <summary>Follows a generation from a position.</summary>
    /// <param name="followed">The generation, which the follower leaves when it is disposed of.</param>
    /// <param name="after">The position of the last event that the reader has.</param>
    /// <param name="remote">The source of the generation after a takeover; null if it cannot be taken over.</param>
    internal Follower(IFollowedGeneration followed, Position after = default, IGenerationSource? remote = null) =>
        (_followed, _position, _remote) = (followed, after, remote);

    /// <summary>The followed generation.</summary>
    public Generation Generation => _followed.Generation;

    /// <summary>Whether the end is written.</summary>
    public bool IsOver => _position.IsEnd;

    /// <summary>Whether a provider has started to answer, or the generation has ended.</summary>
    public bool HasStartedOrEnded
    {
        get
        {
            var view = Generation.Read();
            _version = view.Version;
            return view.Start is not null || view.End is not null;
        }
    }

    /// <summary>Whether the generation failed before a provider started to answer.</summary>
    public bool FailedBeforeStart =>
        Generation.Read() is { Start: null, End: { Status: Domain.Sessions.MessageStatus.Failed } };

    /// <summary>Writes new content, up to a maximum length.</summary>
    /// <param name="writer">The format of the reader.</param>
    /// <returns>Whether there may be more content, so that the caller must call it again before it waits.</returns>
    public bool Write(IGenerationWriter writer)
    {
        var view = Generation.Read();
        _version = view.Version;
        if (view.Start is { } start)
        {
            WriteStart(start, view, writer);
            WriteSources(view, writer);
            if (!WriteText(view, writer) || !WriteCalls(view, writer))
                return true;
        }

        if (view.End is not { } end || _position.IsEnd)
            return false;
        _position = new Position(view.Run, view.Text.Length, IsEnd: true);
        writer.Ended(end, _position);
        return false;
    }

    /// <summary>Waits for new content.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="DatabaseUnavailableException">If the answer of another process cannot be read.</exception>
    /// <exception cref="ShuttingDownException">If this process stops before the end.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (Generation.Read().Fault is null) // after a fault there is no further change to wait for
            await Generation.ChangedSince(_version).WaitAsync(cancellationToken);
        if (Generation.Read().Fault is { } fault)
            await ContinueAsync(fault, cancellationToken);
    }

    /// <summary>Waits until the generation has ended, whatever its status.</summary>
    /// <param name="cancellationToken">Stops waiting, but does not cancel the generation.</param>
    /// <exception cref="DatabaseUnavailableException">If the answer cannot be saved for some time.</exception>
    /// <exception cref="ShuttingDownException">If this process stops before the end.</exception>
    public async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _followed.EndOrStallAsync(cancellationToken);
            var view = Generation.Read();
            if (view.End is not null)
                return;
            if (view.Fault is { } fault)
                await ContinueAsync(fault, cancellationToken);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _followed.Leave();

    private async Task ContinueAsync(Exception fault, CancellationToken cancellationToken)
    {
        if (fault is not AnswerMovedException || _remote is null)
            ExceptionDispatchInfo.Throw(fault);
        var followed = await _remote.ContinueAsync(Generation.Identity, cancellationToken);
        _followed.Leave();
        (_followed, _version) = (followed, -1);
    }

    private void WriteStart(GenerationStart start, in GenerationView view, IGenerationWriter writer)
    {
        if (_position.Run == start.Run)
            return;
        // A late follower receives the start of the first run too, like all others.
        var first = view.First ?? start;
        if (_position.Run == 0)
            writer.Started(first);
        if (_position.Run != 0 || first.Run != start.Run)
            writer.Restarted(start, view.RestartReason);
        _position = Position.StartOf(start.Run);
        _calls?.Clear();
    }

    private void WriteSources(in GenerationView view, IGenerationWriter writer)
    {
        if (_position.Offset >= 0)
            return;
        _position = _position with { Offset = 0 };
        if (view.Sources.Count > 0)
            writer.Sources(view.Sources, _position);
    }

    /// <returns>Whether everything is written.</returns>
    private bool WriteText(in GenerationView view, IGenerationWriter writer)
    {
        if (view.Text.Length <= _position.Offset)
            return true;
        var text = view.Text.Span[_position.Offset..];
        text = text[..UnicodeText.TruncatedLength(text, MaxText)];
        _position = _position with { Offset = _position.Offset + text.Length };
        writer.Text(text, _position);
        return view.Text.Length == _position.Offset;
    }

    /// <returns>Whether everything is written.</returns>
    private bool WriteCalls(in GenerationView view, IGenerationWriter writer)
    {
        foreach (var call in view.Calls)
        {
            _calls ??= [];
            var written = _calls.GetValueOrDefault(call.Index);
            var addition = call.Identity.Since(written.Identity);
            if (addition is null && written.Arguments == call.Arguments.Length)
                continue;
            var arguments = call.Arguments.Span[written.Arguments..];
            arguments = arguments[..UnicodeText.TruncatedLength(arguments, MaxText)];
            writer.ToolCall(call.Index, addition, arguments);
            _calls[call.Index] = (call.Identity, written.Arguments + arguments.Length);
            if (_calls[call.Index].Arguments < call.Arguments.Length)
                return false;
        }

        return true;
    }
}
