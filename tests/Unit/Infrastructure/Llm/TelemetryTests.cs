using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;
using QrAi.Infrastructure.Llm;
using QrAi.Infrastructure.Settings;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;
using FailoverChatClient = QrAi.Infrastructure.Llm.FailoverChatClient;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>A listener is process-wide, so these tests filter calls by a unique model.</summary>
public sealed class TelemetryTests
{
    [Test]
    public async Task An_interrupted_call_is_a_span_with_its_error()
    {
        using var spans = new Spans("model-that-breaks");
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"));
        providers.OpenRouter.Enqueue(Reply.BreakOff("Half"));

        await providers.AskAsync("openrouter", "model-that-breaks");

        var span = spans.Ended.ShouldHaveSingleItem();
        span.DisplayName.ShouldBe("chat model-that-breaks");
        span.Status.ShouldBe(ActivityStatusCode.Error);
        span.GetTagItem("error.type").ShouldBe("broken_off");
        span.GetTagItem("server.address").ShouldBe("openrouter.test");
        span.GetTagItem("server.port").ShouldBe(443);
        span.GetTagItem("gen_ai.usage.input_tokens").ShouldBeNull();
    }

    [Test]
    public async Task A_call_for_vectors_is_a_span_with_its_tokens_which_are_counted_as_those_of_answers_are()
    {
        const string Model = "model-of-vectors";
        using var spans = new Spans(Model);
        var counted = new ConcurrentQueue<(long Tokens, Dictionary<string, object?> Tags)>();
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "gen_ai.client.token.usage")
                listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<long>(
            (_, tokens, tags, _) => counted.Enqueue((tokens, tags.ToArray().ToDictionary()))
        );
        meters.Start();
        using var embeddings = new Embeddings();
        embeddings.ReplyVector(1, 2);

        await embeddings.ForQueries($"openrouter/{Model}")!.GenerateVectorAsync("one");

        var span = spans.Ended.ShouldHaveSingleItem();
        span.DisplayName.ShouldBe($"embeddings {Model}");
        span.GetTagItem("gen_ai.operation.name").ShouldBe("embeddings");
        span.GetTagItem("gen_ai.usage.input_tokens").ShouldBe(7);
        span.GetTagItem("gen_ai.request.stream").ShouldBeNull();
        var (tokens, tags) = counted.Single(one => Equals(one.Tags["gen_ai.request.model"], Model));
        tokens.ShouldBe(7);
        tags["gen_ai.token.type"].ShouldBe("input");
    }

    [Test]
    public async Task A_cancelled_call_is_a_span_with_the_error_cancelled()
    {
        using var spans = new Spans("model-that-hangs");
        using var providers = new Providers();
        using var stop = new CancellationTokenSource();
        providers.OpenRouter.Enqueue(Reply.HangAfter("Half"));
        var conversation = providers.Begin("openrouter", "model-that-hangs", stop.Token);
        await conversation.UntilAsync("text Half");

        await stop.CancelAsync();
        await conversation.Finished.Soon();

        spans.Ended.ShouldHaveSingleItem().GetTagItem("error.type").ShouldBe("cancelled");
    }

    [Test]
    public async Task Each_attempt_is_a_span_and_a_skipped_one_is_not()
    {
        using var spans = new Spans("or/model");
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"));
        await providers.FailAsync(5);
        var failed = spans.Ended.Count;

        (await providers.AskAsync("openrouter")).Lines.ShouldBe(["ended openrouter circuit_open"]);

        failed.ShouldBeGreaterThanOrEqualTo(5);
        spans.Ended.Where(span => Equals(span.GetTagItem("error.type"), "circuit_open")).ShouldBeEmpty();
    }

    [Test]
    public async Task A_token_causes_no_allocation_even_with_a_listener()
    {
        using var spans = new Spans("model");
        var update = new ChatResponseUpdate(ChatRole.Assistant, "token");
        // The difference excludes the allocations of the call itself.
        var (few, many) = (await AllocatedAsync(update, 100), await AllocatedAsync(update, 10_100));

        (many - few).ShouldBeLessThan(10_000);
    }

    private static async Task<long> AllocatedAsync(ChatResponseUpdate update, int tokens)
    {
        var clock = new TestClock();
        using var repeating = new Repeating(update, tokens);
        using var client = new FailoverChatClient(
            [new Provider(LlmProviderOptions.Offline, "model", repeating, new Circuit(clock))],
            new LlmOptions
            {
                Providers = [LlmProviderOptions.Offline],
                MaxAnswerBytes = 1,
                FirstToken = TimeSpan.FromSeconds(15),
                Total = TimeSpan.FromSeconds(120),
                MaxRetries = 0,
                HistoryMessages = 0,
            },
            clock,
            NullLogger<FailoverChatClient>.Instance
        );
        await ReadAsync(client); // warm-up
        var before = GC.GetAllocatedBytesForCurrentThread();
        await ReadAsync(client);
        return GC.GetAllocatedBytesForCurrentThread() - before;

        static async Task ReadAsync(FailoverChatClient client)
        {
            await foreach (var _ in client.GetStreamingResponseAsync([]))
            {
                // only read
            }
        }
    }

    /// <summary>Repeats an update, without a wait.</summary>
    private sealed class Repeating(ChatResponseUpdate update, int times) : StreamingChatClient
    {
        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default
        )
        {
            for (var i = 0; i < times; i++)
                yield return update;
            await Task.CompletedTask;
        }
    }

    /// <summary>Collects the ended spans of one model.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _ended = new();
        private readonly ActivityListener _listener;

        public Spans(string model)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == ProviderCall.SourceName,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    if (Equals(activity.GetTagItem("gen_ai.request.model"), model))
                        _ended.Enqueue(activity);
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public ConcurrentQueue<Activity> Ended => _ended;

        public void Dispose() => _listener.Dispose();
    }
}
