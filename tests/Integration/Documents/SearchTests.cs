namespace QrAi.Tests.Integration.Documents;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class SearchTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task Words_in_any_script_are_found()
    {
        await using var qrai = await StartAsync();
        await qrai.AddReadyAsync("leave.md", "# 就業規則\n\n休暇の申請は三日前までに上長へ提出する。");
        await qrai.AddReadyAsync("code.txt", "C# runs on .NET; write to e-mail@example.jp about RFC 9457.");
        await qrai.AddReadyAsync("c.txt", "C is a language, older than most.");
        await qrai.AddReadyAsync("kana.txt", "コンピューターの電源を切る。");

        foreach (
            var (query, name) in new[]
            {
                ("休暇はいつまでに申請する？", "leave.md"),
                ("就業規則", "leave.md"),
                ("C#", "code.txt"),
                ("rfc9457 RFC ９４５７", "code.txt"),
                ("E-MAIL@EXAMPLE.JP", "code.txt"),
                ("ｺﾝﾋﾟｭｰﾀｰ", "kana.txt"),
            }
        )
        {
            var best = (await qrai.SearchAsync(query))[0];
            (await qrai.GetDocumentAsync(best.DocumentId)).Name.ShouldBe(name, query);
            best.Score!.Value.ShouldBeGreaterThan(0);
        }

        (await qrai.SearchAsync("量子")).ShouldBeEmpty();
    }

    [Test]
    public async Task A_search_can_be_limited_in_number_and_to_documents()
    {
        await using var qrai = await StartAsync();
        var one = await qrai.AddReadyAsync("1.txt", "休暇の申請");
        var two = await qrai.AddReadyAsync("2.txt", "休暇の申請は早く");

        (await qrai.SearchAsync("休暇")).Count.ShouldBe(2);
        (await qrai.SearchAsync("休暇", limit: 1)).Count.ShouldBe(1);
        foreach (var id in new[] { one.Id, two.Id })
            (await qrai.SearchAsync("休暇", documentIds: [id])).ShouldHaveSingleItem().DocumentId.ShouldBe(id);
        (await qrai.SearchAsync("休暇", documentIds: [Guid.CreateVersion7()])).ShouldBeEmpty();
    }

    [Test]
    public async Task An_invalid_search_names_the_field()
    {
        await using var qrai = await StartAsync();

        await qrai.PostAsync("/api/search", new { query = " " }).ShouldBeProblem(400, "invalid_request", "query");
        await qrai.PostAsync("/api/search", new { query = new string('x', 2_001) })
            .ShouldBeProblem(400, "invalid_request", "query");
        await qrai.PostAsync("/api/search", new { query = "x", limit = 101 })
            .ShouldBeProblem(400, "invalid_request", "limit");
        await qrai.PostAsync("/api/search", new { query = "x", documentIds = Array.Empty<Guid>() })
            .ShouldBeProblem(400, "invalid_request", "documentIds");
    }

    [Test]
    public async Task Merging_the_index_changes_no_result_and_forgets_deleted_documents()
    {
        await using var qrai = await StartAsync();
        await using var database = await OpenDatabaseAsync();
        var ids = new List<Guid>();
        for (var number = 1; number <= 7; number++)
            ids.Add(
                (
                    await qrai.AddReadyAsync(
                        $"{number}.txt",
                        $"休暇の申請 その{number}、番号は{number}{number}{number}"
                    )
                ).Id
            );
        var before = await qrai.SearchAsync("休暇 333", limit: 3);

        using (await qrai.SendAsync(HttpMethod.Delete, $"/api/documents/{ids[0]}")) { }
        for (var number = 8; number <= 16; number++)
            await qrai.AddReadyAsync($"{number}.txt", $"休暇の申請 その{number}、番号は{number}{number}{number}");
        await Eventually.Holds(async () =>
            await database.NumberAsync("SELECT count(*) FROM index_segments WHERE document_id IS NULL") == 1
        );

        var after = await qrai.SearchAsync("休暇 333", limit: 20);
        after[0].Text.ShouldBe(before[0].Text);
        after.Select(one => one.DocumentId).ShouldNotContain(ids[0]);
        after.Count.ShouldBe(15);
        using (await qrai.SendAsync(HttpMethod.Delete, $"/api/documents/{ids[2]}")) { }
        (await qrai.SearchAsync("333")).ShouldBeEmpty();
    }
}
