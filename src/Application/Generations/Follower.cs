using System.Runtime.ExceptionServices;
using QrAi.Application.Errors;
using QrAi.Domain.Text;

namespace QrAi.Application.Generations;

/// <summary>
/// A position in a generation. Each format writes the difference between it and the content; whoever comes late has all
/// that came meanwhile in one piece. One reader follows with it, and disposes of it.
/// </summary>
public sealed class Follower : IDisposable
{
    /// <summary>The most text that is written at once, so that what a slow reader costs is bounded.</summary>
    private const int MaxText = 16 * 1024;

    private readonly IGenerationSource? _elsewhere;
    private Dictionary<int, (ToolCallIdentity Identity, int Arguments)>? _calls;
    private IFollowedGeneration _followed;
    private Position _position;
    private int _version = -1;

    /// <summary>Follows a generation from a position on.</summary>
    /// <param name="followed">The generation, which the follower leaves when it is disposed of.</param>
    /// <param name="after">How much the reader has.</param>
    /// <param name="elsewhere">Where to go on when another process takes it over; null if none ever does.</param>
    internal Follower(IFollowedGeneration followed, Position after = default, IGenerationSource? elsewhere = null) =>
        (_followed, _position, _elsewhere) = (followed, after, elsewhere);

    /// <summary>What is followed.</summary>
    public Generation Generation => _followed.Generation;

    /// <summary>Whether the reader has everything, and nothing more comes.</summary>
    public bool IsOver => _position.IsEnd;

    /// <summary>Whether somebody has begun, or nobody ever will.</summary>
    public bool HasNews
    {
        get
        {
            var view = Generation.Read();
            _version = view.Version;
            return view.Start is not null || view.End is not null;
        }
    }

    /// <summary>Whether the generation has failed before anybody had begun it.</summary>
    public bool IsRefused =>
        Generation.Read() is { Start: null, End: { Status: Domain.Sessions.MessageStatus.Failed } };

    /// <summary>Writes what the reader does not have, up to a bound.</summary>
    /// <param name="writer">The reader's format.</param>
    /// <returns>Whether there may be more at once: then it is to be called again before anything is waited for.</returns>
    public bool Write(IGenerationWriter writer)
    {
        var view = Generation.Read();
        _version = view.Version;
        if (view.Start is { } start)
        {
            WriteStart(start, view, writer);
            if (!WriteText(view, writer) || !WriteCalls(view, writer))
                return true;
        }

        if (view.End is not { } end || _position.IsEnd)
            return false;
        _position = new Position(view.Run, view.Text.Length, IsEnd: true);
        writer.Ended(end, _position);
        return false;
    }

    /// <summary>Waits until there is something to write.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="DatabaseUnavailableException">What another process makes cannot be read.</exception>
    /// <exception cref="ShuttingDownException">This process stops before the end.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (Generation.Read().Fault is null) // after one nothing changes any more, and the last look may have been after it
            await Generation.ChangedSince(_version).WaitAsync(cancellationToken);
        if (Generation.Read().Fault is { } fault)
            await GoOnAsync(fault, cancellationToken);
    }

    /// <summary>Waits until a generation has ended, well or not.</summary>
    /// <param name="cancellationToken">Stops waiting; the generation goes on.</param>
    /// <exception cref="DatabaseUnavailableException">The database that has to keep the answer is away.</exception>
    /// <exception cref="ShuttingDownException">This process stops before the end.</exception>
    public async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _followed.EndOrStallAsync(cancellationToken);
            var view = Generation.Read();
            if (view.End is not null)
                return;
            if (view.Fault is { } fault)
                await GoOnAsync(fault, cancellationToken);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _followed.Leave();

    private async Task GoOnAsync(Exception fault, CancellationToken cancellationToken)
    {
        if (fault is not AnswerMovedException || _elsewhere is null)
            ExceptionDispatchInfo.Throw(fault);
        var followed = await _elsewhere.GoOnAsync(Generation.Identity, cancellationToken);
        _followed.Leave();
        (_followed, _version) = (followed, -1);
    }

    private void WriteStart(GenerationStart start, in GenerationView view, IGenerationWriter writer)
    {
        if (_position.Run == start.Run)
            return;
        // Whoever comes late is told of the first one too, as all others were.
        var first = view.First ?? start;
        if (_position.Run == 0)
            writer.Started(first);
        if (_position.Run != 0 || first.Run != start.Run)
            writer.Restarted(start, view.RestartReason);
        _position = new Position(start.Run, 0);
        _calls?.Clear();
    }

    /// <returns>Whether that was all.</returns>
    private bool WriteText(in GenerationView view, IGenerationWriter writer)
    {
        if (view.Text.Length <= _position.Offset)
            return true;
        var text = view.Text.Span[_position.Offset..];
        text = text[..UnicodeText.LengthOfStart(text, MaxText)];
        _position = _position with { Offset = _position.Offset + text.Length };
        writer.Text(text, _position);
        return view.Text.Length == _position.Offset;
    }

    /// <returns>Whether that was all.</returns>
    private bool WriteCalls(in GenerationView view, IGenerationWriter writer)
    {
        foreach (var call in view.Calls)
        {
            _calls ??= [];
            var written = _calls.GetValueOrDefault(call.Index);
            var news = call.Identity.Since(written.Identity);
            if (news is null && written.Arguments == call.Arguments.Length)
                continue;
            var arguments = call.Arguments.Span[written.Arguments..];
            arguments = arguments[..UnicodeText.LengthOfStart(arguments, MaxText)];
            writer.ToolCall(call.Index, news, arguments);
            _calls[call.Index] = (call.Identity, written.Arguments + arguments.Length);
            if (_calls[call.Index].Arguments < call.Arguments.Length)
                return false;
        }

        return true;
    }
}
