using System.Net;
using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using QrAi.Application.Embeddings;
using QrAi.Application.Usage;
using QrAi.Domain.Usage;
using QrAi.Infrastructure;
using QrAi.Infrastructure.Settings;
using QrAi.Tests.Unit.Support.Persistence;

namespace QrAi.Tests.Unit.Support.Llm;

/// <summary>The models of embeddings as the service composes them, with a provider in memory and a test clock.</summary>
internal sealed class Embeddings : IDisposable
{
    public const string Name = "openrouter/embed";

    private static readonly UsageSubject _subject = new("me", new Guid("019aba3e-7f5c-779a-88e2-19ee1f918a75"));

    private readonly MemoryDatabase _database = new();
    private readonly ServiceProvider _services;
    private readonly Queue<Func<CancellationToken, Task<HttpResponseMessage>>> _replies = new();
    private readonly Handler _handler;

    public Embeddings()
    {
        _handler = new Handler(this);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        services.AddSingleton<TimeProvider>(Clock);
        services.AddInfrastructure(
            QrAiSettings.Read([
                new SettingsLayer(
                    "test",
                    new Dictionary<string, string>
                    {
                        ["OPENROUTER_API_KEY"] = "sk-or-secret",
                        ["EMBEDDING_PROVIDER"] = "openrouter",
                        ["EMBEDDING_MODEL"] = "embed",
                    }
                ),
            ])
        );
        services.Configure<HttpClientFactoryOptions>(
            "openrouter",
            options => options.HttpMessageHandlerBuilderActions.Add(builder => builder.PrimaryHandler = _handler)
        );
        services.AddSingleton<IUsageStore>(new MemoryUsageStore(_database));
        services.AddSingleton<ITokenCounter, WordCounter>();
        services.AddSingleton<UsageMeter>();
        services.AddSingleton<UsageRecorder>();
        _services = services.BuildServiceProvider();
        Models = _services.GetRequiredService<IEmbeddingModels>();
    }

    public IEmbeddingModels Models { get; }

    /// <summary>The calls of the provider that were accounted for.</summary>
    public IReadOnlyList<UsageRecord> Calls => _database.Calls;

    /// <summary>Returns the generator of vectors of queries.</summary>
    public IEmbeddingGenerator<string, Embedding<float>>? ForQueries(string model = Name) =>
        Models.ForQueries(model, _subject);

    public TestClock Clock { get; } = new();

    public ListLog Log { get; } = new();

    /// <summary>The bodies of all requests so far.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Queues a reply with this body.</summary>
    public void Reply(string body, int status = 200, string? retryAfter = null) =>
        _replies.Enqueue(_ =>
        {
            var response = new HttpResponseMessage((HttpStatusCode)status)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            if (retryAfter is not null)
                response.Headers.Add("Retry-After", retryAfter);
            return Task.FromResult(response);
        });

    /// <summary>Queues a vector.</summary>
    public void ReplyVector(params float[] vector) =>
        Reply(
            $$$"""{"data":[{"index":0,"embedding":[{{{string.Join(',', vector)}}}]}],"usage":{"prompt_tokens":7,"total_tokens":7}}"""
        );

    /// <summary>Queues a connection that breaks.</summary>
    public void Break() => _replies.Enqueue(_ => throw new HttpRequestException(HttpRequestError.ConnectionError));

    /// <summary>Queues silence.</summary>
    public void Hang() =>
        _replies.Enqueue(async stop =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            throw new InvalidOperationException();
        });

    /// <summary>Embeds texts as those of a document.</summary>
    public async Task<IReadOnlyList<float[]>> EmbedAsync(params string[] texts) =>
        [.. (await Models.ForDocuments(_subject).GenerateAsync(texts)).Select(one => one.Vector.ToArray())];

    public void Dispose()
    {
        _services.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _handler.Dispose();
    }

    private sealed class Handler(Embeddings embeddings) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            request.RequestUri!.AbsoluteUri.ShouldBe("https://openrouter.ai/api/v1/embeddings");
            request.Headers.Authorization!.ToString().ShouldBe("Bearer sk-or-secret");
            embeddings.Requests.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
            return await embeddings._replies.Dequeue()(cancellationToken);
        }
    }
}
