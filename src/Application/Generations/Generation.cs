using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.Domain.Text;

namespace QrAi.Application.Generations;

/// <summary>
/// An answer or a completion whose content only grows: made in this process, or read along with the process that makes it.
/// Nobody stores events: a <see cref="Follower"/> is a position, and is told the difference between it and the content now.
/// </summary>
/// <param name="identity">What it generates.</param>
/// <param name="run">The number of its first run here, from 1.</param>
public sealed class Generation(GenerationIdentity identity, int run = 1)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Attempt> _attempts = [];

    private int _run = run;

    /// <summary>The last run that followers may be told of. Completions are not recorded: all of theirs.</summary>
    private int _visibleRun = identity.SessionId is null ? int.MaxValue : run;
    private GenerationStart? _first;
    private RestartReason _restartReason = RestartReason.Interrupted;
    private string? _provider;
    private string? _model;
    private string? _finishReason;
    private TokenUsage? _usage;
    private AppendOnlyText _text = new();
    private List<ToolCallContent>? _calls;
    private GenerationEnd? _end;
    private Exception? _fault;
    private int _version;

    /// <summary>Ends at the next change; null while nobody waits for it.</summary>
    private TaskCompletionSource? _changed;

    /// <summary>What it generates.</summary>
    public GenerationIdentity Identity { get; } = identity;

    /// <summary>Of one that has failed: why.</summary>
    public AnswerError? Error => Read().End?.Error;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => Read().End is not null;

    /// <summary>Ends when nothing more comes from here: it has ended, or another process goes on with it.</summary>
    internal Task Over => _over.Task;

    /// <summary>Makes one that has ended.</summary>
    /// <param name="answer">The answer as it is kept.</param>
    /// <param name="owner">Whom it belongs to.</param>
    internal static Generation Of(MessageDto answer, string owner)
    {
        var generation = new Generation(GenerationIdentity.Of(answer, owner), answer.Run);
        generation.Load(answer);
        return generation;
    }

    /// <summary>The answer, with what has come so far.</summary>
    public MessageDto ToMessage()
    {
        var view = Read();
        return new MessageDto(
            Identity.Id,
            Identity.SessionId!.Value,
            Identity.QuestionId,
            MessageRole.Assistant,
            view.Text.ToString(),
            view.End?.Status ?? MessageStatus.Generating,
            view.Start?.Provider,
            view.Start?.Model,
            view.End?.Usage,
            view.End?.Attempts,
            view.End?.Error,
            Identity.CreatedAt,
            view.End?.CompletedAt
        )
        {
            FinishReason = view.End?.FinishReason,
            Run = view.Run,
        };
    }

    /// <summary>What providers have given so far.</summary>
    internal GeneratedAnswer ToGenerated()
    {
        lock (_gate)
            return new GeneratedAnswer(_text.Memory.ToString(), _provider, _model, _usage, [.. _attempts])
            {
                Run = _run,
                FinishReason = _finishReason,
            };
    }

    /// <summary>The content now.</summary>
    internal GenerationView Read()
    {
        lock (_gate)
        {
            // A run that the database does not know yet could be given to another one after a crash: nobody is told of it.
            var isVisible = _run <= _visibleRun || _end is not null;
            return new GenerationView(
                _version,
                _run,
                isVisible && _provider is { } provider ? new GenerationStart(_run, provider, _model!) : null,
                _first,
                _restartReason,
                isVisible ? _text.Memory : default,
                isVisible && _calls is { } calls ? [.. calls.Select(call => call.Read())] : [],
                _end,
                _fault
            );
        }
    }

    /// <summary>Whether an event can have led a follower to a position.</summary>
    /// <param name="position">The position.</param>
    /// <param name="isHere">Whether it is made here, so that nobody can know more of it.</param>
    internal bool MayHaveTold(Position position, bool isHere)
    {
        var view = Read();
        if (position.Run != view.Run)
            return position.Run < view.Run && !position.IsEnd;
        var text = view.Text.Span;
        if (position.Offset > text.Length)
            return !isHere && view.End is null && !position.IsEnd;
        if (position.IsEnd)
            return view.End is not null && position.Offset == text.Length;
        return position.Offset == 0
            || position.Offset == text.Length
            || !char.IsSurrogatePair(text[position.Offset - 1], text[position.Offset]);
    }

    /// <summary>Ends when the content is no longer what it was.</summary>
    /// <param name="version">The version that the caller has read.</param>
    internal Task ChangedSince(int version)
    {
        lock (_gate)
            return _version != version
                ? Task.CompletedTask
                : (_changed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Adds what a provider's stream brings.</summary>
    internal void Add(ChatResponseUpdate update)
    {
        if (update.FinishReason is { } reason)
            _finishReason = reason.Value;
        var contents = update.Contents;
        for (var i = 0; i < contents.Count; i++)
            switch (contents[i])
            {
                case TextContent { Text: { Length: > 0 } text }:
                    Append(UnicodeText.ToStorable(text));
                    break;
                case ToolCallPiece piece:
                    Append(piece);
                    break;
                case UsageContent { Details: var usage }:
                    _usage = usage.ToTokenUsage();
                    break;
                case AttemptStarted started:
                    Begin(started.Provider, started.Model);
                    break;
                case AttemptEnded ended:
                    _attempts.Add(ended.Attempt);
                    break;
            }
    }

    /// <summary>Adds more text.</summary>
    internal void Append(string text)
    {
        if (text.Length == 0)
            return;
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            _text.Append(text);
            waiting = Change();
        }

        waiting?.SetResult();
    }

    /// <summary>A provider begins; when one began before it, what that one gave is void.</summary>
    internal void Begin(string provider, string model)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            if (_provider is not null)
            {
                _run++;
                _restartReason = RestartReason.ProviderFailed;
                Clear();
            }

            (_provider, _model) = (provider, model);
            _first ??= new GenerationStart(_run, provider, model);
            waiting = Change();
        }

        waiting?.SetResult();
    }

    /// <summary>Reads along with another process.</summary>
    /// <param name="run">The run that it is in.</param>
    /// <param name="takeovers">How many processes have taken the answer over.</param>
    /// <param name="provider">Who has begun the run; null while nobody has.</param>
    /// <param name="model">With which model.</param>
    internal void Enter(int run, int takeovers, string? provider, string? model)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            if (run == _run && provider == _provider && model == _model)
                return;
            if (run != _run)
                Clear();
            (_run, _visibleRun, _provider, _model) = (run, run, provider, model);
            _restartReason = ReasonAfter(takeovers);
            waiting = Change();
        }

        waiting?.SetResult();
    }

    /// <summary>From now on, followers may be told of runs up to this one.</summary>
    internal void Show(int run)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            if (run <= _visibleRun)
                return;
            _visibleRun = run;
            waiting = Change();
        }

        waiting?.SetResult();
    }

    /// <summary>What it has that the database does not have yet.</summary>
    /// <param name="run">The run that the database knows.</param>
    /// <param name="length">How much of that run's text it has.</param>
    /// <param name="most">The most code units to give.</param>
    internal UnrecordedContent ReadUnrecorded(int run, int length, int most)
    {
        lock (_gate)
        {
            var start = run == _run ? length : 0;
            var text = _text.Memory[start..];
            text = text[..UnicodeText.LengthOfStart(text.Span, most)];
            return new UnrecordedContent(_run, start, text.ToString(), _provider, _model);
        }
    }

    /// <summary>Nothing more comes.</summary>
    internal void Finish(GenerationEnd end)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            _end = end;
            _text.Close();
            waiting = Change();
        }

        waiting?.SetResult();
        _over.TrySetResult();
    }

    /// <summary>Takes an answer over as it is kept, which has ended.</summary>
    internal void Load(MessageDto answer)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            if (answer.Run != _run || _text.Length > answer.Content.Length)
                Clear();
            (_run, _visibleRun, _provider, _model) = (answer.Run, answer.Run, answer.Provider, answer.Model);
            _restartReason = ReasonAfter(answer.Takeovers);
            _text.Close(answer.Content);
            _end = GenerationEnd.Of(answer);
            waiting = Change();
        }

        waiting?.SetResult();
        _over.TrySetResult();
    }

    /// <summary>Nothing more comes from here, though it has not ended.</summary>
    /// <param name="fault">What a follower is told that cannot go on elsewhere.</param>
    internal void Break(Exception fault)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            if (_end is not null || _fault is not null)
                return;
            _fault = fault;
            waiting = Change();
        }

        waiting?.SetResult();
        _over.TrySetResult();
    }

    /// <summary>Adds more of a tool call.</summary>
    internal void Append(ToolCallPiece piece)
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            var calls = _calls ??= [];
            var call = calls.Find(one => one.Index == piece.Index);
            if (call is null)
                calls.Add(call = new ToolCallContent(piece.Index));
            call.Add(piece);
            waiting = Change();
        }

        waiting?.SetResult();
    }

    // Only the last reason is told, and after a takeover that is nearly always what the run before ended by.
    private static RestartReason ReasonAfter(int takeovers) =>
        takeovers > 0 ? RestartReason.Interrupted : RestartReason.ProviderFailed;

    private void Clear()
    {
        (_finishReason, _usage, _calls) = (null, null, null);
        _text = new AppendOnlyText();
    }

    /// <summary>Notes a change, under the lock.</summary>
    /// <returns>Whom to wake after it; null if nobody waits.</returns>
    private TaskCompletionSource? Change()
    {
        _version++;
        var waiting = _changed;
        _changed = null;
        return waiting;
    }
}
