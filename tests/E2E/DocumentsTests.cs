namespace QrAi.Tests.E2E;

public sealed class DocumentsTests : ProgramTests
{
    [Test]
    public async Task Files_are_added_found_listed_read_again_and_removed_without_a_service([Values] Database database)
    {
        var workplace = await MigratedAsync(await new Workplace().WithAsync(database));
        workplace.Write("papers/rules.md", "# 就業規則", "", "休暇の申請は、三日前までに行う。");
        workplace.Write("papers/more/rates.csv", "都市,金額", "東京,300");
        workplace.Write("papers/.hidden/secret.md", "# 秘密", "", "休暇の秘密。");
        workplace.Write("papers/program.txt", "\u0001\u0002\u0003");

        var added = await RunAsync(workplace, "documents", "add", "papers");
        var again = await RunAsync(workplace, "documents", "add", "papers/rules.md");
        var found = await RunAsync(workplace, "search", "休暇はいつまでに申請する？");
        var listed = await RunAsync(workplace, "documents", "list");
        var read = await RunAsync(workplace, "documents", "reindex");

        added.ExitCode.ShouldBe(0, added.Errors);
        added.Output.ShouldContain("ready    rules.md");
        added.Output.ShouldContain("ready    rates.csv");
        added.Output.ShouldContain("skipped  papers/program.txt");
        (again.ExitCode, again.Output).ShouldSatisfyAllConditions(
            it => it.ExitCode.ShouldBe(0),
            it => it.Output.ShouldContain("added before")
        );
        found.Output.ShouldStartWith("就業規則, 就業規則\n休暇の申請は、三日前までに行う。\n");
        found.Output.ShouldNotContain("秘密");
        listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        read.Output.ShouldBe("2 documents read again\n");

        var id = listed.Output.Split('\n').Single(line => line.Contains("rules.md", StringComparison.Ordinal))[..36];
        var removed = await RunAsync(workplace, "documents", "remove", id);
        var gone = await RunAsync(workplace, "search", "休暇");

        (removed.ExitCode, removed.Output).ShouldBe((0, $"removed {id}\n"));
        (gone.ExitCode, gone.Output).ShouldBe((0, ""));
        gone.Errors.ShouldContain("No passage has a word of the query.");
    }

    [Test]
    public async Task A_question_is_answered_from_documents_with_nothing_configured_and_no_other_command()
    {
        var workplace = new Workplace();
        workplace.Write("rules.md", "# 就業規則", "", "## 休暇", "", "休暇の申請は、三日前までに行う。");

        var added = await RunAsync(workplace, "documents", "add", "rules.md");
        var answered = await RunAsync(workplace, "ask", "休暇はいつまでに申請する？");

        added.ExitCode.ShouldBe(0, added.Errors);
        answered.ExitCode.ShouldBe(0, answered.Errors);
        answered.Output.ShouldContain("休暇の申請は、三日前までに行う。 [1]\n");
        answered.Output.ShouldEndWith("\n\n[1] 就業規則, 就業規則 › 休暇, passage 1\n");
    }

    [Test]
    public async Task What_cannot_be_added_is_named_and_fails_the_command()
    {
        var workplace = await MigratedAsync(new Workplace());
        workplace.Write("empty.txt", "");
        workplace.Write("program.txt", "\u0001\u0002\u0003");

        var added = await RunAsync(workplace, "documents", "add", "empty.txt", "program.txt", "nowhere.md");

        added.ExitCode.ShouldBe(1);
        added.Output.ShouldContain("failed   empty.txt  The file has no text.");
        added.Output.ShouldContain("skipped  program.txt  The file is not Markdown");
        added.Output.ShouldContain("failed   nowhere.md");
    }

    [Test]
    public async Task Documents_of_the_command_line_are_those_of_the_service_and_of_their_owner()
    {
        var workplace = await MigratedAsync(new Workplace());
        workplace.Write("mine.txt", "休暇の申請");
        workplace.Write("hers.txt", "休暇の取得");

        await RunAsync(workplace, "documents", "add", "mine.txt");
        await RunAsync(workplace, "documents", "add", "hers.txt", "--owner", "alice");
        var service = await StartAsync(workplace);

        var documents = (await service.Http.ReadAsync("/api/documents")).GetProperty("items").EnumerateArray().ToList();
        documents.ShouldHaveSingleItem().Text("name").ShouldBe("mine.txt");
        (await RunAsync(workplace, "search", "休暇", "--owner", "alice")).Output.ShouldContain("休暇の取得");
    }
}
