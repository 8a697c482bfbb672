using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Documents;

namespace QrAi.Tests.Integration.Documents;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class ReadingTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private readonly GatedFormats _formats = new();

    [TearDown]
    public void Release() => _formats.Open();

    [Test]
    public async Task Owners_take_turns_and_each_owner_s_documents_keep_their_order()
    {
        await using var qrai = await StartAsync(
            new() { ["AUTHENTICATION"] = "api-key" },
            services => services.AddSingleton<IDocumentFormats>(_formats)
        );
        await using var alice = await qrai.AsAsync("alice");
        await using var bob = await qrai.AsAsync("bob");
        await alice.AddAsync("a1.txt", "a1");
        await _formats.Reading("a1");
        for (var number = 2; number <= 4; number++)
            await alice.AddAsync($"a{number}.txt", $"a{number}");
        await bob.AddAsync("b1.txt", "b1");
        await bob.AddAsync("b2.txt", "b2");

        _formats.Open();

        await Eventually.Holds(() => _formats.Read.Count == 6);
        _formats.Read.ShouldBe(["a1", "a2", "b1", "a3", "b2", "a4"]);
    }

    [Test]
    public async Task A_document_whose_process_died_is_read_by_another_one_and_fails_after_three()
    {
        await using var database = await OpenDatabaseAsync();
        var settings = new Dictionary<string, string> { ["LEASE_SECONDS"] = "3" };
        await using var qrai = await StartAsync(
            settings,
            services => services.AddSingleton<IDocumentFormats>(_formats)
        );
        var lost = await qrai.AddAsync("lost.txt", "lost");
        await _formats.Reading("lost");
        // As if its worker had died, and three others before it.
        await database.ExecuteAsync(
            $"UPDATE documents SET worker_id = '{Guid.CreateVersion7().ToString().ToUpperInvariant()}', takeovers = 3"
        );
        _formats.Open();

        (await qrai.WaitForAsync(lost.Id, "failed")).Error!.Code.ShouldBe("interrupted");
    }

    [Test]
    public async Task A_document_that_is_deleted_while_it_is_read_leaves_nothing()
    {
        await using var database = await OpenDatabaseAsync();
        await using var qrai = await StartAsync(configure: services =>
            services.AddSingleton<IDocumentFormats>(_formats)
        );
        var deleted = await qrai.AddAsync("deleted.txt", "deleted");
        await _formats.Reading("deleted");

        using (await qrai.SendAsync(HttpMethod.Delete, $"/api/documents/{deleted.Id}")) { }
        _formats.Open();
        await qrai.AddReadyAsync("next.txt", "next");

        (await database.NumberAsync("SELECT count(*) FROM passages")).ShouldBe(1);
        (await database.NumberAsync("SELECT count(*) FROM index_segments")).ShouldBe(1);
    }

    [Test]
    public async Task A_service_that_stops_gives_the_document_back()
    {
        Guid id;
        await using (
            var first = await StartAsync(configure: services => services.AddSingleton<IDocumentFormats>(_formats))
        )
        {
            id = (await first.AddAsync("later.txt", "later")).Id;
            await _formats.Reading("later");
        }

        await using var second = await StartAsync();

        (await second.WaitForAsync(id, "ready")).Passages.ShouldBe(1);
    }

    /// <summary>Reads texts when the test lets it.</summary>
    private sealed class GatedFormats : IDocumentFormats
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentQueue<string> _begun = new();

        public ConcurrentQueue<string> Read { get; } = new();

        public void Open() => _open.TrySetResult();

        public Task Reading(string text) => Eventually.Holds(() => _begun.Contains(text));

        public string Identify(ReadOnlyMemory<byte> content, string name) => "text/plain";

        public async Task<ExtractedDocument> ReadAsync(
            ReadOnlyMemory<byte> content,
            string mediaType,
            CancellationToken cancellationToken
        )
        {
            var text = System.Text.Encoding.UTF8.GetString(content.Span);
            _begun.Enqueue(text);
            await _open.Task.WaitAsync(cancellationToken);
            Read.Enqueue(text);
            return new ExtractedDocument(null, [new Block(BlockKind.Paragraph, text)]);
        }
    }
}
