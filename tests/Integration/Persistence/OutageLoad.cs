using System.Collections.Concurrent;
using System.Diagnostics;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>Callers that keep asking whatever the response, half of them with streams.</summary>
internal sealed class OutageLoad : IAsyncDisposable
{
    private const int Callers = 8;
    private const string Messages = "SELECT session_id || '|' || role || '|' || status || '|' || content FROM messages";

    private readonly QrAiHost _qrai;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<(Guid SessionId, string Question)> _questions = [];
    private readonly ConcurrentBag<(Guid SessionId, Guid AnswerId, string Content)> _answers = [];
    private readonly ConcurrentBag<TimeSpan> _times = [];
    private Task _calling = Task.CompletedTask;
    private int _number;
    private int _failures;

    private OutageLoad(QrAiHost qrai) => _qrai = qrai;

    /// <summary>The number of failures because of the unavailable database.</summary>
    public int Failures => _failures;

    /// <summary>The duration of the slowest refusal.</summary>
    public TimeSpan Slowest => _times.DefaultIfEmpty().Max();

    public static async Task<OutageLoad> StartAsync(QrAiHost qrai, ScriptedProvider provider)
    {
        provider.RespondWith = request => Reply.Answer("Re: ", request.Messages[^1].Content);
        var load = new OutageLoad(qrai);
        load._calling = Task.WhenAll(
            Enumerable.Range(1, Callers).Select(caller => Task.Run(() => CallAsync(load, isStreamed: caller % 2 == 0)))
        );
        await load.WaitForAnswersAsync(answers: 10);
        return load;
    }

    /// <summary>Waits for a number of further answers.</summary>
    public async Task WaitForAnswersAsync(int answers)
    {
        var seen = _answers.Count;
        await Eventually.Holds(() => _calling.IsFaulted ? throw _calling.Exception : _answers.Count >= seen + answers);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _calling.WaitAsync(Eventually.DefaultLimit);
    }

    /// <summary>
    /// Asserts that all acknowledged data is stored unchanged and once. A question that was refused with 503 is not
    /// stored, or is removed as soon as the database is available.
    /// </summary>
    public async Task ShouldBeStoredOnceAsync(Sql database)
    {
        _answers.ShouldNotBeEmpty();
        var expected = _questions.SelectMany(asked =>
            new[]
            {
                $"{asked.SessionId}|user|completed|{asked.Question}",
                $"{asked.SessionId}|assistant|completed|Re: {asked.Question}",
            }
        );
        // An answer that could not be saved at first is retried.
        await Eventually.Value(
            async () => expected.Except(await database.LinesAsync(Messages)).ToList(),
            missing => missing.Count == 0
        );
        var contents = (await database.LinesAsync("SELECT id || '|' || content FROM messages")).ToHashSet();
        foreach (var (_, answer, content) in _answers)
            contents.ShouldContain($"{answer}|{content}");
        (
            await database.NumberAsync(
                "SELECT count(*) FROM (SELECT FROM messages GROUP BY session_id HAVING count(*) <> 2) AS twice"
            )
        ).ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _calling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static async Task CallAsync(OutageLoad load, bool isStreamed)
    {
        while (!load._stop.IsCancellationRequested)
        {
            var question = $"Question {Interlocked.Increment(ref load._number)}";
            var clock = Stopwatch.StartNew();
            var asked = isStreamed ? await load.StreamAsync(question) : await load.AskAsync(question);
            if (asked)
                continue;
            load._times.Add(clock.Elapsed);
            Interlocked.Increment(ref load._failures);
        }
    }

    private async Task<bool> AskAsync(string question)
    {
        var asking = _qrai.TryAskAsync(question);
        using var response = await asking;
        if (!response.IsSuccessStatusCode)
        {
            await asking.ShouldBeProblem(503, "database_unavailable");
            return false;
        }

        var asked = await QrAiClient.ReadAsync<AnsweredBody>(asking);
        _questions.Add((asked.SessionId, question));
        _answers.Add((asked.SessionId, asked.Answer.Id, asked.Answer.Content));
        return true;
    }

    private async Task<bool> StreamAsync(string question)
    {
        EventStreamReader stream;
        try
        {
            stream = await _qrai.AskStreamingAsync(question);
        }
        catch (InvalidOperationException refused)
        {
            refused.Message.ShouldStartWith("Not an event stream but 503 application/problem+json");
            refused.Message.ShouldContain("database_unavailable");
            return false;
        }

        await using var owned = stream;
        var events = await stream.ReadToEndAsync();
        var started = events[0].Data;
        // The question is acknowledged now, whatever the outcome of the stream.
        _questions.Add((started.GetProperty("sessionId").GetGuid(), question));
        if (events[^1].Event != "completed")
            return false;
        var answer = Wire.Read<MessageBody>(events[^1].Data.GetProperty("answer"));
        _answers.Add((answer.SessionId, answer.Id, answer.Content));
        return true;
    }
}
