using System.Diagnostics;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace QrAi.Durability;

/// <summary>
/// A caller that follows an answer to its end. After a broken connection it connects to another replica: before
/// <c>started</c> it repeats the question with the same key, afterwards it resumes after the last event it received.
/// </summary>
internal sealed class Follower
{
    /// <summary>The maximum wait for an event.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(50);

    private readonly Api api;
    private readonly Func<Replica?, Replica> choose;
    private readonly string key = Guid.CreateVersion7().ToString();
    private readonly string? question;
    private readonly string? session;
    private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long lastEventAt = Stopwatch.GetTimestamp();
    private long? brokenAt;

    private Follower(Api api, Func<Replica?, Replica> choose, Script script, string? session, Followed followed)
    {
        this.api = api;
        this.choose = choose;
        this.session = session;
        question = script.Question;
        Script = script;
        Answer = followed;
    }

    public Script Script { get; }

    /// <summary>The answer as received.</summary>
    public Followed Answer { get; }

    /// <summary>Completes when the answer's id is known.</summary>
    public Task Started => started.Task;

    /// <summary>Completes with the last event or the first fault.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>The number of broken connections.</summary>
    public int Breaks { get; private set; }

    /// <summary>The maximum time from a broken connection to the next event.</summary>
    public TimeSpan MaxGap { get; private set; }

    /// <summary>Asks a question and follows its answer.</summary>
    public static Follower Ask(
        Api api,
        Script script,
        string? session,
        Func<Replica?, Replica> choose,
        CancellationToken cancellation
    )
    {
        var follower = new Follower(api, choose, script, session, new Followed());
        follower.Ended = follower.Run(cancellation);
        return follower;
    }

    /// <summary>Follows the answer of another follower from its start.</summary>
    public static Follower Follow(
        Api api,
        Follower other,
        Func<Replica?, Replica> choose,
        CancellationToken cancellation
    )
    {
        var answer = new Followed { AnswerId = other.Answer.AnswerId };
        var follower = new Follower(api, choose, other.Script, null, answer);
        follower.Ended = follower.Run(cancellation);
        return follower;
    }

    private async Task Run(CancellationToken cancellation)
    {
        var replica = default(Replica);
        while (!Answer.IsEnded && Answer.Fault is null)
        {
            replica = choose(replica);
            try
            {
                await Attempt(replica, cancellation);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                // The replica died: the next attempt connects to another one.
            }
            if (Answer.IsEnded || Answer.Fault is not null)
                break;
            Breaks++;
            brokenAt ??= Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(lastEventAt) > MaxSilence)
                Answer.Fault = $"{Name}: no event for {MaxSilence.TotalSeconds} s";
            await Task.Delay(BetweenAttempts, TimeProvider.System, cancellation);
        }
        started.TrySetException(new InvalidOperationException(Answer.Fault ?? $"{Name}: ended before it started"));
    }

    private string Name => Answer.AnswerId is { } answer ? $"answer {answer}" : $"question about {Script.Subject}";

    private async Task Attempt(Replica replica, CancellationToken cancellation)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(MaxSilence);
        try
        {
            using var response = Answer.AnswerId is { } answer
                ? await api.Follow(replica, answer, Answer.LastId, silence.Token)
                : await api.Ask(replica, question!, session, key, silence.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                await Refused(response, cancellation);
                return;
            }
            await using var body = await response.Content.ReadAsStreamAsync(silence.Token);
            await foreach (var item in SseParser.Create(body).EnumerateAsync(silence.Token))
            {
                silence.CancelAfter(MaxSilence);
                Take(item);
                if (Answer.IsEnded || Answer.Fault is not null)
                    return;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Answer.Fault = $"{Name}: {replica.Name} was silent for {MaxSilence.TotalSeconds} s";
        }
    }

    /// <summary>Ignores a transient refusal, which is retried; any other is a fault.</summary>
    private async Task Refused(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStringAsync(cancellation);
        var isTransient =
            response.StatusCode == HttpStatusCode.ServiceUnavailable
            || response.StatusCode == HttpStatusCode.Conflict
                && body.Contains("idempotency_in_progress", StringComparison.Ordinal);
        if (!isTransient)
            Answer.Fault = $"{Name}, after event {Answer.LastId ?? "none"}: {(int)response.StatusCode} {body}";
    }

    private void Take(SseItem<string> item)
    {
        var now = Stopwatch.GetTimestamp();
        lastEventAt = now;
        if (brokenAt is { } broken)
        {
            var gap = Stopwatch.GetElapsedTime(broken, now);
            MaxGap = gap > MaxGap ? gap : MaxGap;
            brokenAt = null;
        }
        using var data = JsonDocument.Parse(item.Data);
        Answer.Take(item.EventId ?? "", item.EventType, data.RootElement, now);
        if (Answer.Run > 0)
            started.TrySetResult();
    }
}
