using System.Globalization;
using System.Runtime.CompilerServices;
using QrAi.Application.Errors;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;
using QrAi.Tests.Testing;

namespace QrAi.Tests.Fixtures.Sessions;

/// <summary>
/// Builds a session by the rules of the domain, with defaults for everything that a test does not set. Each exchange
/// takes a second, and the next one begins a minute after the previous one.
/// </summary>
public sealed class SessionBuilder
{
    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(1);

    private readonly List<Action<Session>> _exchanges = [];
    private DateTimeOffset _now = TestClock.Noon;
    private DateTimeOffset? _opened;
    private string _owner = Owners.Unauthenticated;
    private string? _title;
    private Guid? _id;

    /// <summary>Sets its id; the default is a new id.</summary>
    public SessionBuilder Identified(Guid id)
    {
        _id = id;
        return this;
    }

    /// <summary>Sets its owner; the default is the owner without authentication.</summary>
    public SessionBuilder OwnedBy(string owner)
    {
        _owner = owner;
        return this;
    }

    /// <summary>Sets its title; the default is derived from the first question.</summary>
    public SessionBuilder Titled(string title)
    {
        _title = title;
        return this;
    }

    /// <summary>Sets the time of its creation, or of the next exchange.</summary>
    public SessionBuilder At(DateTimeOffset time)
    {
        _now = time;
        return this;
    }

    /// <summary>Adds a question with its complete answer.</summary>
    public SessionBuilder Answered(string question = "Why?", string answer = "Because.") =>
        Ended(question, (turn, now) => turn.Complete(Written(answer), now));

    /// <summary>Adds questions and answers, numbered from 1: <c>Q1</c>, <c>A1</c>.</summary>
    public SessionBuilder Answered(int times)
    {
        for (var i = 1; i <= times; i++)
        {
            var number = i.ToString(CultureInfo.InvariantCulture);
            Answered($"Q{number}", $"A{number}");
        }

        return this;
    }

    /// <summary>Adds a question that no provider answered.</summary>
    public SessionBuilder Failed(string question = "Why?", string code = AnswerErrorCodes.ProviderFailed) =>
        Ended(
            question,
            (turn, now) => turn.Fail(GeneratedAnswer.Empty, new AnswerError(code, "Every provider failed."), now)
        );

    /// <summary>Adds a question whose answer was cancelled after a part of it.</summary>
    public SessionBuilder Cancelled(string question = "Why?", string sofar = "Beca") =>
        Ended(question, (turn, now) => turn.Cancel(Written(sofar), now));

    /// <summary>Adds a question whose answer is still being generated.</summary>
    public SessionBuilder Asked(string question = "Why?")
    {
        var now = NextExchange();
        _exchanges.Add(session => session.Ask(question, now));
        return this;
    }

    /// <summary>Builds the session.</summary>
    public Session Build()
    {
        var session = Session.Open(_owner, _title, _opened ?? _now);
        if (_id is { } id)
            SetId(session, id);
        foreach (var exchange in _exchanges)
            exchange(session);
        return session;
    }

    private SessionBuilder Ended(string question, Action<Turn, DateTimeOffset> end)
    {
        var now = NextExchange();
        _exchanges.Add(session => end(session.Ask(question, now), now + _duration));
        return this;
    }

    private DateTimeOffset NextExchange()
    {
        _opened ??= _now;
        var now = _now;
        _now += _pause;
        return now;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Id")]
    private static extern void SetId(Session session, Guid id);

    private static GeneratedAnswer Written(string content) =>
        new(
            content,
            "openrouter",
            "test/model",
            new TokenUsage(10, 5, 15),
            [new Attempt("openrouter", "completed", (long)_duration.TotalMilliseconds)]
        );
}
