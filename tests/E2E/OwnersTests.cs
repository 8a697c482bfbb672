using System.IO.Compression;
using System.Text.Json;

namespace QrAi.Tests.E2E;

/// <summary>The verbs that export and erase what belongs to an owner.</summary>
public sealed class OwnersTests : ProgramTests
{
    private const string Owner = "anonymous";

    [Test]
    public async Task An_owner_is_exported_to_a_file_and_then_erased_while_the_service_runs([Values] Database database)
    {
        var workplace = await new Workplace().WithAsync(database);
        var service = await StartAsync(workplace);
        workplace.Write("rules.md", "# Rules", "", "Leave is requested three days before.");
        (await RunAsync(workplace, "documents", "add", "rules.md")).ExitCode.ShouldBe(0);
        var session = (await service.Http.AskAsync("When is leave requested?")).Text("sessionId")!;
        (await RunAsync(workplace, "keys", "create", "laptop", "--owner", Owner)).ExitCode.ShouldBe(0);

        var exported = await RunAsync(workplace, "owners", "export", Owner);

        exported.ExitCode.ShouldBe(0, exported.Errors);
        exported.Output.ShouldMatch(
            @"^exported anonymous to anonymous-[0-9]{8}\.zip: 1 sessions, 2 messages, 1 documents, 1 keys, 1 usage\n$"
        );
        var file = Directory.GetFiles(workplace.Folder, "anonymous-*").ShouldHaveSingleItem();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using (var archive = await ZipFile.OpenReadAsync(file))
        {
            archive.Entries.Count.ShouldBe(6);
            (await ReadAsync(archive, "sessions.jsonl"))
                .ShouldHaveSingleItem()
                .GetProperty("id")
                .GetString()
                .ShouldBe(session);
            (await ReadAsync(archive, "messages.jsonl"))[1].GetProperty("citations").GetArrayLength().ShouldBe(1);
            archive.Entries[^1].Name.ShouldBe("rules.md");
        }

        var refused = await RunAsync(workplace, "owners", "erase", Owner);
        (refused.ExitCode, refused.Output).ShouldBe((2, ""));
        refused.Errors.ShouldContain("Nothing was changed; --yes confirms it.");
        (await service.Http.StatusAsync($"/api/sessions/{session}")).ShouldBe(System.Net.HttpStatusCode.OK);

        var erased = await RunAsync(workplace, "owners", "erase", Owner, "--yes");

        erased.ExitCode.ShouldBe(0, erased.Errors);
        erased.Output.ShouldStartWith($"erased {Owner}: ");
        foreach (var rows in new[] { "1 sessions", "2 messages", "1 documents", "1 api_keys" })
            erased.Output.ShouldContain(rows);
        erased.Output.ShouldMatch(@"\nverified: none of [0-9]+ tables names anonymous\n");
        erased.Output.ShouldMatch(
            @"\nBackups have the data .* BACKUP_RETENTION=7d,4w,6m until [0-9]{4}-[0-9]{2}-[0-9]{2}\.\n$"
        );
        erased.Errors.ShouldContain("can add data again");
        (await service.Http.StatusAsync($"/api/sessions/{session}")).ShouldBe(System.Net.HttpStatusCode.NotFound);
        (await RunAsync(workplace, "keys", "list")).Output.ShouldBeEmpty();
        (await RunAsync(workplace, "owners", "erase", Owner, "--yes")).ExitCode.ShouldBe(1);
    }

    [Test]
    public async Task An_export_may_be_piped()
    {
        var workplace = new Workplace();
        (await RunAsync(workplace, "ask", "Who am I?")).ExitCode.ShouldBe(0);

        var program = Launch(workplace, Nowhere, "owners", "export", Owner, "--to", "-");

        (await program.ExitAsync()).ShouldBe(0, program.Errors);
        program.Output.ShouldStartWith("PK");
        program.Errors.ShouldContain("exported anonymous: 1 sessions, 2 messages");
        Directory.GetFiles(workplace.Folder, "*.zip").ShouldBeEmpty();
    }

    [Test]
    public async Task An_export_that_fails_leaves_no_file()
    {
        var workplace = await MigratedAsync(new Workplace());
        var folder = Path.Combine(workplace.Folder, "a.zip");
        Directory.CreateDirectory(folder);
        (await RunAsync(workplace, "ask", "Who am I?")).ExitCode.ShouldBe(0);

        var unknown = await RunAsync(workplace, "owners", "export", "nobody", "--to", "nobody.zip");
        var nowhere = await RunAsync(workplace, "owners", "export", Owner, "--to", "nowhere/a.zip");
        var occupied = await RunAsync(workplace, "owners", "export", Owner, "--to", "a.zip");

        (unknown.ExitCode, unknown.Output, unknown.Errors).ShouldBe(
            (1, "", "There is nothing of the owner 'nobody'.\n")
        );
        nowhere.ExitCode.ShouldBe(1);
        nowhere.Errors.ShouldStartWith("nowhere/a.zip cannot be written: ");
        occupied.ExitCode.ShouldBe(1);
        occupied.Errors.ShouldStartWith("a.zip cannot be written: ");
        Directory.GetFiles(workplace.Folder, "*.zip*").ShouldBeEmpty();
    }

    [TestCase("owners")]
    [TestCase("owners", "export")]
    [TestCase("owners", "export", " ")]
    [TestCase("owners", "erase")]
    [TestCase("owners", "erase", " ", "--yes")]
    [TestCase("owners", "erase", "alice", "--keep")]
    public async Task Wrong_usage_is_reported(params string[] arguments)
    {
        var workplace = await MigratedAsync(new Workplace());

        var (exit, output, errors) = await RunAsync(workplace, arguments);

        exit.ShouldBe(2, errors);
        output.ShouldBeEmpty();
        errors.ShouldNotBeEmpty();
    }

    private static async Task<List<JsonElement>> ReadAsync(ZipArchive archive, string path)
    {
        using var reader = new StreamReader(await archive.GetEntry(path)!.OpenAsync());
        var text = await reader.ReadToEndAsync();
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }
}
