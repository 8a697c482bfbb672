using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Isolation;

/// <summary>
/// A reply has the same content over every transport: a socket, HTTP in memory, or in process. The service's client
/// reads the first two.
/// </summary>
public sealed class ScriptedReplyTests
{
    private const string Started = $"started openrouter {ScriptedModels.Model}";
    private static readonly TimeSpan _pace = TimeSpan.FromSeconds(3);

    /// <summary>The transports of replies.</summary>
    public enum Way
    {
        Socket,
        Memory,
        Process,
    }

    private static IEnumerable<Word> Replies { get; } =
    [
        new("an answer", Reply.Answer("Hel", "lo"), "text Hello", "usage 10+2=12", "completed"),
        new("comments", Reply.Answer("Hello") with { Comments = true }, "text Hello", "usage 10+1=11", "completed"),
        new("a usage", Reply.Answer("Hello") with { Usage = new(7, 3) }, "text Hello", "usage 7+3=10", "completed"),
        new(
            "a finish reason",
            Reply.Answer("Hello") with
            {
                FinishReason = "length",
            },
            "text Hello",
            "usage 10+1=11",
            "completed"
        ),
        new(
            "the finish reason error",
            Reply.Answer("Hello") with
            {
                FinishReason = "error",
            },
            "text Hello",
            "broken_off"
        ),
        new("a status", Reply.Status(401), "http_401"),
        new("a status to wait after", Reply.Status(503, retryAfter: TimeSpan.FromSeconds(7)), "http_503"),
        new("a break at once", Reply.BreakOff(), "connection_failed"),
        new("a break before the first text", Reply.BreakOff(""), "broken_off"),
        new("a break", Reply.BreakOff("Hel", "lo"), "text Hello", "broken_off"),
        new("a polite break", Reply.EndWithoutFinishReason("Hel"), "text Hel", "broken_off"),
        new("an error in the stream", Reply.ErrorInStream(502, "Upstream", "Hel"), "text Hel", "http_502"),
        new("an error by a word", Reply.ErrorInStream("server_error", "Upstream"), "broken_off"),
        new("nothing", Reply.Stream(), "broken_off"),
        new("an end without done", Reply.Stream(Part.Token("Hello"), Part.Finish), "text Hello", "completed"),
        new(
            "a break after the finish reason",
            Reply.Stream(Part.Token("Hello"), Part.FinishWith("length"), Part.Break),
            "text Hello",
            "completed"
        ),
        new(
            "silence after done",
            Reply.Stream(Part.Token("Hello"), Part.Finish, Part.Done, Part.Silence),
            "text Hello",
            "completed"
        ),
        new(
            "parts",
            Reply.Stream(Part.Comment, Part.Token("Hel"), Part.Usage(1, 2), Part.Error(429)),
            "text Hel",
            "usage 1+2=3",
            "http_429"
        ),
        new(
            "parts and the end",
            Reply.Stream(Part.Token("Hello"), Part.End),
            "text Hello",
            "usage 10+1=11",
            "completed"
        ),
    ];

    private static IEnumerable<Word> Hangs { get; } =
    [
        new("no headers", Reply.Hang(), "cancelled"),
        new("headers only", Reply.Hang(headers: true), "cancelled"),
        new("text", Reply.HangAfter("Hel"), "text Hel", "cancelled"),
    ];

    [Test]
    public async Task A_reply_is_the_same_on_every_transport([ValueSource(nameof(Replies))] Word word, [Values] Way way)
    {
        await using var asked = await AskedAsync(way);
        asked.Script.Enqueue(word.Reply);

        var conversation = await asked.AskAsync();

        Lines(conversation).ShouldBe(word.Lines);
        conversation.FailureCode.ShouldBe(word.IsAnswered ? null : "provider_failed");
    }

    [Test]
    public async Task Silence_lasts_until_a_disconnect([ValueSource(nameof(Hangs))] Word word, [Values] Way way)
    {
        await using var asked = await AskedAsync(way);
        asked.Script.Enqueue(word.Reply);
        using var leave = new CancellationTokenSource();

        var conversation = asked.Begin(leave.Token);
        var request = (await asked.Script.WaitForRequestsAsync(1))[0];
        if (word.Lines.Length > 1)
            await conversation.UntilAsync(word.Lines[^2]);
        request.Aborted.IsCompleted.ShouldBeFalse();
        await leave.CancelAsync();
        await conversation.Finished.WaitAsync(Eventually.DefaultLimit);

        Lines(conversation).ShouldBe(word.Lines);
        conversation.Failure.ShouldBeAssignableTo<OperationCanceledException>();
        await request.Aborted.WaitAsync(Eventually.DefaultLimit);
        await request.Served.WaitAsync(Eventually.DefaultLimit);
    }

    [Test]
    public async Task A_gated_reply_waits_for_the_test([Values] Way way)
    {
        await using var asked = await AskedAsync(way);
        var gate = asked.Script.Gate();

        var conversation = asked.Begin();
        (await gate.Request.WaitAsync(Eventually.DefaultLimit)).Messages[^1].Content.ShouldBe("Why?");
        gate.Send("one");
        await conversation.UntilAsync("text one");
        conversation.Finished.IsCompleted.ShouldBeFalse();
        gate.Send(Part.Token("two"), Part.Comment);
        await conversation.UntilAsync("text two");
        gate.Finish("three");
        await conversation.Finished.WaitAsync(Eventually.DefaultLimit);

        conversation.Lines.ShouldBe([Started, "text one", "text two", "text three", "ended openrouter completed"]);
        conversation.Usage.ShouldBe("usage 10+3=13");
    }

    [Test]
    public async Task A_gated_reply_can_end_regularly_or_with_a_break([Values] Way way, [Values] bool regularly)
    {
        await using var asked = await AskedAsync(way);
        var gate = asked.Script.Gate();
        gate.Send("Hel");
        if (regularly)
            gate.EndWithoutFinishReason();
        else
            gate.Break();

        Lines(await asked.AskAsync()).ShouldBe([Started, "text Hel", "ended openrouter broken_off"]);
        Should.Throw<InvalidOperationException>(() => gate.Send("lo"));
    }

    [Test]
    public async Task A_pace_follows_the_clock_of_the_test([Values] Way way)
    {
        await using var asked = await AskedAsync(way);
        asked.Script.Enqueue(Reply.Answer("Hel", "lo") with { Pace = _pace });

        var conversation = asked.Begin();
        await asked.Clock.PassAsync(_pace).WaitAsync(Eventually.DefaultLimit);
        await conversation.UntilAsync("text Hel");
        conversation.Lines.ShouldNotContain("text lo");
        await asked.Clock.PassAsync(_pace).WaitAsync(Eventually.DefaultLimit);
        await conversation.Finished.WaitAsync(Eventually.DefaultLimit);

        conversation.Lines.ShouldBe([Started, "text Hel", "text lo", "ended openrouter completed"]);
        conversation.Attempts[0].Milliseconds.ShouldBe(2 * (long)_pace.TotalMilliseconds);
    }

    [Test]
    public async Task Queued_replies_come_before_the_rule_and_the_rule_before_the_default([Values] Way way)
    {
        await using var asked = await AskedAsync(way);
        asked.Script.Default = Reply.Answer("default");
        (await asked.AskAsync()).Lines.ShouldContain("text default");
        asked.Script.RespondWith = request => Reply.Answer($"{request.Number} {request.Model} {request.Messages[^1]}");
        asked.Script.Enqueue(Reply.Answer("first"), Reply.Answer("second"));

        (await asked.AskAsync()).Lines.ShouldContain("text first");
        asked.Script.Queued.ShouldBe(1);
        (await asked.AskAsync()).Lines.ShouldContain("text second");
        (await asked.AskAsync()).Lines.ShouldContain(
            $"text 4 {ScriptedModels.Model} {new SentMessage("user", "Why?")}"
        );
        asked.Script.Requests.Select(request => request.Number).ShouldBe([1, 2, 3, 4]);
        asked.Script.Requests.ShouldAllBe(request => request.Stream && request.IncludeUsage);
    }

    [Test]
    public async Task Raw_parts_are_sent_only_over_a_connection([Values] Way way)
    {
        await using var asked = await AskedAsync(way);
        asked.Script.Enqueue(
            Reply.Raw("data: {\"choices\":[{\"delta\":{\"content\":\"Hel", "lo\"},\"finish_reason\":\"stop\"}]}\n\n"),
            Reply.Stream(Part.Data("""{"choices":[{"delta":{"content":"Hello"},"finish_reason":"stop"}]}"""))
        );

        for (var time = 1; time <= 2; time++)
        {
            var conversation = await asked.AskAsync();
            if (way == Way.Process)
                conversation.Failure.ShouldBeOfType<NotSupportedException>();
            else
                conversation.Lines.ShouldBe([Started, "text Hello", "ended openrouter completed"]);
        }
    }

    [Test]
    public async Task A_fault_of_a_test_is_thrown_to_a_client_in_the_same_process([Values] Way way)
    {
        await using var asked = await AskedAsync(way);
        asked.Script.Enqueue(Reply.Stream(Part.Token("Hel"), Part.Throw(new NotImplementedException("Own"))));

        var conversation = await asked.AskAsync();

        conversation.Lines.ShouldContain("text Hel");
        if (way == Way.Socket)
            conversation.Lines[^1].ShouldBe("ended openrouter broken_off");
        else
            conversation.Failure.ShouldBeOfType<NotImplementedException>().Message.ShouldBe("Own");
    }

    [TestCase(Way.Memory)]
    [TestCase(Way.Process)]
    public async Task A_request_without_a_scripted_reply_is_a_fault(Way way)
    {
        await using var asked = await AskedAsync(way);
        asked.Script.Default = null;

        var conversation = await asked.AskAsync();

        conversation.Failure.ShouldBeOfType<InvalidOperationException>().Message.ShouldContain("#1");
    }

    [Test]
    public async Task In_process_the_next_provider_continues_as_in_the_service()
    {
        var models = new ScriptedModels(new TestClock()) { Providers = ["openrouter", "google-ai"] };
        models.Enqueue(Reply.BreakOff("Hel"), Reply.Answer("Hello"));

        var conversation = new Conversation(models.ClientFor(null));
        await conversation.Finished.WaitAsync(Eventually.DefaultLimit);

        conversation.Lines.ShouldBe([
            Started,
            "text Hel",
            "ended openrouter broken_off",
            $"started google-ai {ScriptedModels.Model}",
            "text Hello",
            "ended google-ai completed",
        ]);
    }

    /// <summary>
    /// Returns the lines with the usage before the end. Pieces of text are joined, because their number varies.
    /// </summary>
    private static string[] Lines(Conversation conversation)
    {
        const string Text = "text ";
        var lines = new List<string>();
        foreach (var line in conversation.Lines)
            if (
                line.StartsWith(Text, StringComparison.Ordinal)
                && lines is [.., var last]
                && last.StartsWith(Text, StringComparison.Ordinal)
            )
                lines[^1] = last + line[Text.Length..];
            else
                lines.Add(line);
        if (conversation.Usage is { } usage)
            lines.Insert(lines.Count - 1, usage);
        return [.. lines];
    }

    private static async Task<AskedScript> AskedAsync(Way way)
    {
        var clock = new TestClock();
        return way switch
        {
            Way.Socket => AskedScript.Over(await ScriptedProvider.StartAsync(clock: clock), clock),
            Way.Memory => AskedScript.Over(new InMemoryProvider(clock), clock),
            _ => new AskedScript(new ScriptedModels(clock), clock),
        };
    }

    /// <summary>A reply with the expected text, usage and outcome of the attempt.</summary>
    public sealed record Word(string Name, Reply Reply, params string[] Events)
    {
        public bool IsAnswered => Events[^1] == "completed";

        public string[] Lines =>
            [
                .. Events.Length > 1 || IsAnswered ? [Started] : (string[])[],
                .. Events[..^1],
                $"ended openrouter {Events[^1]}",
            ];

        public override string ToString() => Name;
    }
}
