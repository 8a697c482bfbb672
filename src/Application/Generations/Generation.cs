using QrAi.Application.Models;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.Domain.Text;

namespace QrAi.Application.Generations;

/// <summary>
/// An answer or a completion whose content only grows. It is generated in this process, or mirrors the process that generates
/// it. There are no stored events: a <see cref="Follower"/> has a position, and reads the difference to the current content.
/// </summary>
/// <param name="identity">The identity of the answer or completion.</param>
/// <param name="run">The number of its first run in this process, from 1.</param>
public sealed class Generation(GenerationIdentity identity, int run = 1)
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _run = run;

    /// <summary>The last run that followers may see. Completions are not recorded: followers see all of their runs.</summary>
    private int _visibleRun = identity.SessionId is null ? int.MaxValue : run;
    private GenerationStart? _first;
    private RestartReason _restartReason = RestartReason.Interrupted;
    private string? _provider;
    private string? _model;
    private AppendOnlyText _text = new();
    private List<ToolCallContent>? _calls;
    private IReadOnlyList<SourcePassage> _sources = [];
    private GenerationEnd? _end;
    private Exception? _fault;
    private ChangeSignal _changes;

    /// <summary>The identity of the answer or completion.</summary>
    public GenerationIdentity Identity { get; } = identity;

    /// <summary>The error; null unless it failed.</summary>
    public AnswerError? Error => Read().End?.Error;

    /// <summary>The passages of documents that it is given.</summary>
    internal IReadOnlyList<SourcePassage> Sources => Read().Sources;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => Read().End is not null;

    /// <summary>Completes when this process stops generating: it has ended, or another process continues it.</summary>
    internal Task Over => _over.Task;

    /// <summary>Creates the generation of a stored answer that has ended.</summary>
    /// <param name="answer">The stored answer.</param>
    /// <param name="owner">Its owner.</param>
    internal static Generation Of(MessageDto answer, string owner)
    {
        var generation = new Generation(GenerationIdentity.Of(answer, owner), answer.Run);
        generation.Load(answer);
        return generation;
    }

    /// <summary>Returns the answer with the content so far.</summary>
    public MessageDto ToMessage() => Read().ToMessage(Identity);

    /// <summary>Returns the answer with the content so far, in the form to store.</summary>
    /// <param name="attempts">The attempts that have ended.</param>
    /// <param name="usage">The token usage, if the provider reported it.</param>
    /// <param name="finishReason">The finish reason, if the provider reported it.</param>
    internal GeneratedAnswer ToGenerated(IReadOnlyList<Attempt> attempts, TokenUsage? usage, string? finishReason)
    {
        lock (_gate)
            return new GeneratedAnswer(_text.Memory.ToString(), _provider, _model, usage, attempts)
            {
                Run = _run,
                FinishReason = finishReason,
                Sources = _sources.Count > 0 ? _sources : null,
            };
    }

    /// <summary>Reads the current content.</summary>
    internal GenerationView Read()
    {
        lock (_gate)
        {
            // A run that is not recorded is not visible, because after a crash another process may use its number.
            var isVisible = _run <= _visibleRun || _end is not null;
            return new GenerationView(
                _changes.Version,
                _run,
                isVisible && _provider is { } provider ? new GenerationStart(_run, provider, _model!) : null,
                _first,
                _restartReason,
                isVisible ? _text.Memory : default,
                isVisible && _calls is { } calls ? [.. calls.Select(call => call.Read())] : [],
                _sources,
                _end,
                _fault
            );
        }
    }

    /// <summary>Completes when the content has changed.</summary>
    /// <param name="version">The version that the caller has read.</param>
    internal Task ChangedSince(int version)
    {
        lock (_gate)
            return _changes.Since(version);
    }

    /// <summary>Appends text.</summary>
    internal void Append(string text)
    {
        if (text.Length == 0)
            return;
        lock (_gate)
        {
            _text.Append(text);
            _changes.Raise();
        }
    }

    /// <summary>Sets the passages that the answer is given, before a run begins.</summary>
    internal void SetSources(IReadOnlyList<SourcePassage> sources)
    {
        lock (_gate)
            _sources = sources;
    }

    /// <summary>Begins a run of a provider. The content of an earlier provider is void.</summary>
    internal void Begin(string provider, string model)
    {
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
            _changes.Raise();
        }
    }

    /// <summary>Mirrors the run of another process.</summary>
    /// <param name="run">The number of the run.</param>
    /// <param name="takeovers">How many processes have taken the answer over.</param>
    /// <param name="provider">The provider of the run; null until one has begun.</param>
    /// <param name="model">The model of the run; null until a provider has begun.</param>
    internal void Enter(int run, int takeovers, string? provider, string? model)
    {
        lock (_gate)
        {
            if (run == _run && provider == _provider && model == _model)
                return;
            if (run != _run)
                Clear();
            (_run, _visibleRun, _provider, _model) = (run, run, provider, model);
            _restartReason = RestartReasons.After(takeovers);
            _changes.Raise();
        }
    }

    /// <summary>Makes runs up to this one visible to followers.</summary>
    internal void Show(int run)
    {
        lock (_gate)
        {
            if (run <= _visibleRun)
                return;
            _visibleRun = run;
            _changes.Raise();
        }
    }

    /// <summary>Reads the content that the database does not have yet.</summary>
    /// <param name="run">The recorded run.</param>
    /// <param name="length">The length of its recorded text, in UTF-16 code units.</param>
    /// <param name="maxLength">The maximum length to read, in UTF-16 code units.</param>
    internal UnrecordedContent ReadUnrecorded(int run, int length, int maxLength)
    {
        lock (_gate)
        {
            var start = run == _run ? length : 0;
            var text = _text.Memory[start..];
            text = text[..UnicodeText.TruncatedLength(text.Span, maxLength)];
            return new UnrecordedContent(_run, start, text.ToString(), _provider, _model, _sources);
        }
    }

    /// <summary>Ends the generation.</summary>
    internal void Finish(GenerationEnd end)
    {
        lock (_gate)
        {
            _end = end;
            _text.Close();
            _changes.Raise();
            _over.TrySetResult();
        }
    }

    /// <summary>Replaces the content by a stored answer that has ended.</summary>
    internal void Load(MessageDto answer)
    {
        lock (_gate)
        {
            if (answer.Run != _run || _text.Length > answer.Content.Length)
                Clear();
            (_run, _visibleRun, _provider, _model) = (answer.Run, answer.Run, answer.Provider, answer.Model);
            _restartReason = RestartReasons.After(answer.Takeovers);
            _sources = answer.Sources ?? [];
            _text.Close(answer.Content);
            _end = GenerationEnd.Of(answer);
            _changes.Raise();
            _over.TrySetResult();
        }
    }

    /// <summary>Stops the generation in this process before its end.</summary>
    /// <param name="fault">The exception of followers that cannot continue with another process.</param>
    internal void Break(Exception fault)
    {
        lock (_gate)
        {
            if (_end is not null || _fault is not null)
                return;
            _fault = fault;
            _changes.Raise();
            _over.TrySetResult();
        }
    }

    /// <summary>Appends to a tool call.</summary>
    internal void Append(ToolCallPiece piece)
    {
        lock (_gate)
        {
            var calls = _calls ??= [];
            var call = calls.Find(one => one.Index == piece.Index);
            if (call is null)
                calls.Add(call = new ToolCallContent(piece.Index));
            call.Add(piece);
            _changes.Raise();
        }
    }

    private void Clear()
    {
        (_calls, _text) = (null, new AppendOnlyText());
    }
}
