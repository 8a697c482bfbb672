using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace QrAi.Tests.Integration.Usage;

/// <summary>A test of what calls of providers are accounted for.</summary>
public abstract class UsageTest(DatabaseKind kind) : IntegrationTest(kind)
{
    private readonly List<string> _files = [];

    [TearDown]
    public void DeleteFiles() => _files.ForEach(File.Delete);

    /// <summary>Returns settings with prices of models.</summary>
    protected Dictionary<string, string> Prices(
        string json = """{"openrouter/test/model":{"input":2,"cachedInput":0.5,"output":10}}""",
        Dictionary<string, string>? settings = null
    )
    {
        var file = Path.Combine(Path.GetTempPath(), $"qrai-prices-{Guid.CreateVersion7():N}.json");
        File.WriteAllText(file, json);
        _files.Add(file);
        return new(settings ?? []) { ["MODEL_PRICES"] = file };
    }

    /// <summary>Sends a request without a caller, as jobs do.</summary>
    protected static async Task<T> SendAsync<T>(QrAiHost qrai, IRequest<T> request)
    {
        await using var scope = qrai.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(request);
    }

    /// <summary>Returns the calls in their order, each with its tokens and the cost in US dollars times 10¹².</summary>
    protected async Task<IReadOnlyList<string>> CallsAsync()
    {
        await using var database = await OpenDatabaseAsync();
        return await database.LinesAsync(
            """
            SELECT provider || ' ' || outcome || ' ' || run || ': ' || prompt_tokens || '/' || cached_tokens || '/'
              || completion_tokens || ' ' || coalesce(cast(cost AS text), '-')
              || CASE WHEN is_estimated THEN ' estimated' ELSE '' END
              || CASE WHEN questions = 1 THEN ' question' ELSE '' END
            FROM usage_records ORDER BY created_at, id
            """
        );
    }

    /// <summary>Waits until this number of calls is stored, and returns them.</summary>
    protected async Task<IReadOnlyList<string>> CallsAsync(int count)
    {
        await Eventually.Holds(async () => (await CallsAsync()).Count == count);
        return await CallsAsync();
    }

    /// <summary>Reads the usage of a caller.</summary>
    protected static Task<UsageReportBody> UsageOfAsync(QrAiClient caller, string query = "") =>
        QrAiClient.ReadAsync<UsageReportBody>(caller.GetAsync("/api/usage" + query));
}
