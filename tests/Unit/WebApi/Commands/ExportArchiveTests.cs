using System.IO.Compression;
using System.Text;
using System.Text.Json;
using QrAi.Application.OwnerData;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Commands;

namespace QrAi.Tests.Unit.WebApi.Commands;

public sealed class ExportArchiveTests
{
    private static readonly SessionDto Session = new(Guid.CreateVersion7(), "旅行", 2, TestClock.Noon, TestClock.Noon);

    [Test]
    public async Task Each_value_is_a_line_of_JSON_in_the_shape_of_the_API()
    {
        var (files, lines) = await WriteAsync(
            new ExportFile("sessions.jsonl"),
            new ExportLine(Session),
            new ExportLine(Session with { Title = "A\nB" }),
            new ExportFile("keys.jsonl")
        );

        files.Keys.ShouldBe(["sessions.jsonl", "keys.jsonl"]);
        files["keys.jsonl"].ShouldBeEmpty();
        lines.ShouldBe([("sessions.jsonl", 2L)]);
        var written = files["sessions.jsonl"].Split('\n');
        written.Length.ShouldBe(3);
        written[0]
            .ShouldBe(
                $"{{\"id\":\"{Session.Id}\",\"title\":\"旅行\",\"messageCount\":2,\"createdAt\":\"2026-11-23T12:00:00Z\",\"updatedAt\":\"2026-11-23T12:00:00Z\"}}"
            );
        written[1].ShouldContain("A\\nB");
        written[2].ShouldBeEmpty();
    }

    [Test]
    public async Task An_answer_has_its_citations_and_all_passages_that_it_was_given()
    {
        var cited = new SourcePassage(Guid.CreateVersion7(), "Rules", 1, null, null, "Three days before.");
        var given = cited with { Number = 2, Text = "Overtime is paid." };
        var answer = new MessageDto(
            Guid.CreateVersion7(),
            Session.Id,
            Guid.CreateVersion7(),
            MessageRole.Assistant,
            "Three days before [1].",
            MessageStatus.Completed,
            "openrouter",
            "test/model",
            null,
            null,
            null,
            TestClock.Noon,
            TestClock.Noon
        )
        {
            Sources = [cited, given],
        };

        var (files, _) = await WriteAsync(new ExportFile("messages.jsonl"), new ExportLine(answer));

        using var json = JsonDocument.Parse(files["messages.jsonl"]);
        json.RootElement.GetProperty("role").GetString().ShouldBe("assistant");
        json.RootElement.GetProperty("citations").GetArrayLength().ShouldBe(1);
        json.RootElement.GetProperty("sources")
            .EnumerateArray()
            .Select(source => source.GetProperty("text").GetString())
            .ShouldBe(["Three days before.", "Overtime is paid."]);
    }

    [Test]
    public async Task The_bytes_of_a_file_are_joined()
    {
        var (files, lines) = await WriteAsync(
            new ExportFile("documents/1/rules.txt"),
            new ExportBytes("Three days "u8.ToArray()),
            new ExportBytes("before."u8.ToArray())
        );

        files["documents/1/rules.txt"].ShouldBe("Three days before.");
        lines.ShouldBeEmpty();
    }

    [Test]
    public async Task An_archive_that_breaks_off_is_not_readable()
    {
        using var output = new MemoryStream();

        await Should.ThrowAsync<TimeoutException>(() =>
            ExportArchive.WriteAsync(BreakOffAsync(), output, CancellationToken.None)
        );

        output.Position = 0;
        Should.Throw<InvalidDataException>(() => new ZipArchive(output, ZipArchiveMode.Read));
    }

    private static async IAsyncEnumerable<ExportPart> BreakOffAsync()
    {
        yield return new ExportFile("sessions.jsonl");
        yield return new ExportLine(Session);
        await Task.Yield();
        throw new TimeoutException();
    }

    private static async Task<(
        Dictionary<string, string> Files,
        IReadOnlyList<(string Path, long Lines)> Lines
    )> WriteAsync(params ExportPart[] parts)
    {
        using var output = new MemoryStream();
        var lines = await ExportArchive.WriteAsync(parts.ToAsyncEnumerable(), output, CancellationToken.None);
        output.Position = 0;
        using var archive = new ZipArchive(output, ZipArchiveMode.Read);
        var files = new Dictionary<string, string>();
        foreach (var entry in archive.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync(), Encoding.UTF8);
            files[entry.FullName] = await reader.ReadToEndAsync();
        }

        return (files, lines);
    }
}
