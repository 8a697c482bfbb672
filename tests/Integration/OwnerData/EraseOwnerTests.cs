using QrAi.Application.Errors;
using QrAi.Application.OwnerData;
using QrAi.Application.Usage;
using QrAi.Tests.Integration.Persistence;

namespace QrAi.Tests.Integration.OwnerData;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class EraseOwnerTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private static readonly Dictionary<string, string> _withKeys = new() { ["AUTHENTICATION"] = "api-key" };

    /// <summary>The tables that name owners, as the database knows them: a new one is found without this test.</summary>
    private string TablesWithOwners =>
        Kind == DatabaseKind.Postgres
            ? "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'owner'"
            : "SELECT t.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name = 'owner'";

    [Test]
    public async Task No_table_names_the_owner_afterwards_although_every_table_did()
    {
        const string Owner = "text"; // what the rows have in every text column
        await using var verbs = new Verbs(await DatabaseUrlAsync());
        await verbs.RequireSchemaAsync();
        await using var database = await OpenDatabaseAsync();
        await SchemaRows.FillAsync(database, Kind);
        var tables = await database.LinesAsync(TablesWithOwners);
        foreach (var table in tables)
            (await RowsAsync(database, table, Owner)).ShouldBe(1, table);

        var erased = await verbs.Services.SendForAsync(Owner, new EraseOwner());

        erased.Before.Select(rows => rows.Table).ShouldBe(tables, ignoreOrder: true);
        erased.Before.ShouldAllBe(rows => rows.Count == 1);
        erased.Left.ShouldBeEmpty();
        foreach (var table in tables)
            (await RowsAsync(database, table, Owner)).ShouldBe(0, table);
        // They have no owner, and are deleted with what they belong to.
        foreach (var table in new[] { "answer_pieces", "document_chunks", "index_blocks", "index_ranges" })
            (await database.NumberAsync($"SELECT count(*) FROM {table}")).ShouldBe(0, table);
    }

    [Test]
    public async Task Callers_of_the_owner_are_refused_and_other_owners_lose_nothing()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var alice = await qrai.AsAsync("alice");
        await using var bob = await qrai.AsAsync("bob");
        foreach (var caller in new[] { alice, bob })
        {
            await caller.AddReadyAsync("rules.txt", "Leave is requested three days before.");
            await caller.AskAsync("When is leave requested?");
        }

        var his = await bob.ListSessionsAsync();
        var gate = Gate();
        var asking = alice.AskStreamingAsync("And this?");
        gate.Send("Al");
        await using var running = await asking;

        var erased = await qrai.Services.SendForAsync("alice", new EraseOwner());

        erased.Left.ShouldBeEmpty();
        erased.CanReturn.ShouldBeFalse();
        CountOf(erased, "sessions").ShouldBe(2);
        CountOf(erased, "messages").ShouldBe(4);
        CountOf(erased, "documents").ShouldBe(1);
        CountOf(erased, "api_keys").ShouldBe(1);
        await alice.GetAsync("/api/sessions").ShouldBeProblem(401, "unauthenticated");
        await running.ReadToEndAsync(); // the answer was cancelled
        (await bob.ListSessionsAsync()).Items.ShouldBe(his.Items);
        (await bob.ListMessagesAsync(his.Items.Single().Id)).Items.Count.ShouldBe(2);
        (await bob.SearchAsync("leave")).ShouldNotBeEmpty();
        await using var database = await OpenDatabaseAsync();
        foreach (var table in await database.LinesAsync(TablesWithOwners))
            (await RowsAsync(database, table, "alice")).ShouldBe(0, table);
    }

    [Test]
    public async Task Usage_is_kept_without_the_name_where_the_operator_says_so()
    {
        await using var qrai = await StartAsync(_withKeys);
        var key = await qrai.CreateKeyAsync("alice");
        await using var alice = qrai.As(key.Secret);
        await alice.AskAsync("What does it cost?");
        await using var database = await OpenDatabaseAsync();
        await qrai.Services.SendForAsync("alice", new RollUpUsage());

        var erased = await qrai.Services.SendForAsync("alice", new EraseOwner(KeepsUsage: true));

        erased.Left.ShouldBeEmpty();
        (
            await database.LinesAsync(
                "SELECT owner || ' ' || questions || ' ' || (key_id IS NULL) || ' ' || (answer_id IS NULL) FROM usage_records"
            )
        ).ShouldBe([Kind == DatabaseKind.Postgres ? "(erased) 1 true true" : "(erased) 1 1 1"]);
        await qrai.Services.SendForAsync("alice", new RollUpUsage());
        (await database.NumberAsync("SELECT count(*) FROM usage_days WHERE owner = '(erased)'")).ShouldBe(1);
    }

    [Test]
    public async Task What_the_owner_shares_is_erased_and_what_others_share_stays()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var alice = qrai.As((await qrai.CreateKeyAsync("alice", mayShare: true)).Secret);
        await using var bob = qrai.As((await qrai.CreateKeyAsync("bob", mayShare: true)).Secret);
        (await alice.TryAddAsync("hers.txt", "Hers, for everybody."u8.ToArray(), shared: true)).Dispose();
        (await bob.TryAddAsync("his.txt", "His, for everybody."u8.ToArray(), shared: true)).Dispose();

        await qrai.Services.SendForAsync("alice", new EraseOwner());

        (await bob.ListDocumentsAsync()).Items.Select(document => document.Name).ShouldBe(["his.txt"]);
    }

    [Test]
    public async Task Many_rows_are_erased_in_many_statements()
    {
        await using var qrai = await StartAsync();
        await qrai.AddAsync([.. Enumerable.Range(1, 50).Select(_ => A.Session().OwnedBy("alice").Answered())]);
        await qrai.AddAsync(A.Session().OwnedBy("bob").Answered());

        CountOf(await qrai.Services.SendForAsync("alice", new EraseOwner()), "sessions").ShouldBe(50);

        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((1, 2));
    }

    [Test]
    public async Task A_caller_without_a_key_can_return()
    {
        await using var qrai = await StartAsync();
        await qrai.AskAsync("Who am I?");
        await qrai.AddAsync(A.Session().OwnedBy("jwt:https://issuer.example#alice"));

        foreach (var owner in new[] { "anonymous", "jwt:https://issuer.example#alice" })
            (await qrai.Services.SendForAsync(owner, new EraseOwner())).CanReturn.ShouldBeTrue();
    }

    [Test]
    public async Task An_owner_without_anything_is_not_erased()
    {
        await using var qrai = await StartAsync();
        await qrai.CreateKeyAsync("alice");

        await Should.ThrowAsync<NotFoundException>(() => qrai.Services.SendForAsync("Alice", new EraseOwner()));
    }

    private static long CountOf(ErasedOwner erased, string table) =>
        erased.Before.Single(rows => rows.Table == table).Count;

    private static Task<long> RowsAsync(Sql database, string table, string owner) =>
        database.NumberAsync($"SELECT count(*) FROM {table} WHERE owner = '{owner}'");
}
