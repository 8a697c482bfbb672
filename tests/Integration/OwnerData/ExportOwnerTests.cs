using System.Text;
using QrAi.Application.Callers;
using QrAi.Application.Documents;
using QrAi.Application.Errors;
using QrAi.Application.OwnerData;
using QrAi.Application.Sessions;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.OwnerData;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class ExportOwnerTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private const string Rules = "# Rules\n\nLeave is requested three days before.";

    private static readonly Dictionary<string, string> _withKeys = new() { ["AUTHENTICATION"] = "api-key" };

    [Test]
    public async Task An_export_has_everything_of_the_owner_and_nothing_of_others()
    {
        await using var qrai = await StartAsync(_withKeys);
        var key = await qrai.CreateKeyAsync("laptop", "alice");
        await using var alice = qrai.As(key.Secret);
        await using var bob = qrai.As((await qrai.CreateKeyAsync("bob", mayShare: true)).Secret);
        var document = await alice.AddReadyAsync("../rules.md", Rules);
        (await bob.TryAddAsync("shared.txt", "Everybody reads this."u8.ToArray(), shared: true)).Dispose();
        await bob.AskAsync("Mine?");
        Provider.Enqueue(Reply.Answer("Three days before [1]."));
        var asked = await alice.AskAsync("When is leave requested?");

        var parts = await ExportAsync(qrai);

        parts
            .OfType<ExportFile>()
            .Select(file => file.Path)
            .ShouldBe([
                "sessions.jsonl",
                "messages.jsonl",
                "documents.jsonl",
                "keys.jsonl",
                "usage.jsonl",
                $"documents/{document.Id}/_rules.md",
            ]);
        var values = parts.OfType<ExportLine>().Select(line => line.Value).ToList();
        values.OfType<SessionDto>().Select(session => session.Id).ShouldBe([asked.SessionId]);
        values.OfType<MessageDto>().Select(message => message.Id).ShouldBe([asked.Question.Id, asked.Answer.Id]);
        var answer = values.OfType<MessageDto>().Last();
        answer.Citations.ShouldHaveSingleItem().DocumentId.ShouldBe(document.Id);
        answer.Sources.ShouldNotBeNull().ShouldContain(source => source.DocumentId == document.Id);
        values.OfType<DocumentDto>().Select(one => one.Id).ShouldBe([document.Id]);
        values.OfType<KeyDto>().Select(one => one.Id).ShouldBe([key.Key.Id]);
        var call = values.OfType<UsageCallDto>().ShouldHaveSingleItem();
        (call.AnswerId, call.KeyId).ShouldBe((asked.Answer.Id, key.Key.Id));
        values.Count.ShouldBe(6);
        TextOf(parts).ShouldBe(Rules);
    }

    [Test]
    public async Task An_export_is_of_one_moment_and_does_not_delay_the_service()
    {
        await using var qrai = await StartAsync();
        var before = await qrai.CreateSessionAsync("Before");
        SessionBody? later = null;

        var parts = await ExportAsync(
            qrai,
            "anonymous",
            async () => later = (await qrai.GetSessionAsync((await qrai.AskAsync("Meanwhile?")).SessionId))
        );

        later.ShouldNotBeNull();
        var values = parts.OfType<ExportLine>().Select(line => line.Value).ToList();
        values.OfType<SessionDto>().Select(session => session.Id).ShouldBe([before.Id]);
        values.OfType<MessageDto>().ShouldBeEmpty();
        (await ExportAsync(qrai, "anonymous")).OfType<ExportLine>().Count().ShouldBe(5);
    }

    [Test]
    public async Task A_long_history_is_read_completely_and_in_order()
    {
        await using var qrai = await StartAsync();
        await qrai.AddAsync([.. Enumerable.Range(1, 105).Select(_ => A.Session().OwnedBy("alice").Answered())]);
        var longest = await qrai.AddAsync(A.Session().OwnedBy("alice").Answered(60));
        await qrai.AddAsync(A.Session().OwnedBy("bob").Answered());

        var values = (await ExportAsync(qrai)).OfType<ExportLine>().Select(line => line.Value).ToList();

        values.OfType<SessionDto>().Select(session => session.Id).Distinct().Count().ShouldBe(106);
        values.OfType<MessageDto>().Select(message => message.Id).Distinct().Count().ShouldBe(2 * 105 + 120);
        values
            .OfType<MessageDto>()
            .Where(message => message.SessionId == longest.Id)
            .Select(message => message.Content)
            .ShouldBe(Enumerable.Range(1, 60).SelectMany(number => new[] { $"Q{number}", $"A{number}" }));
    }

    [Test]
    public async Task The_file_of_a_large_document_is_exported_in_parts()
    {
        await using var qrai = await StartAsync();
        var text = string.Concat(Enumerable.Range(0, 200_000).Select(number => $"Row {number}.\n"));
        await qrai.AddReadyAsync("large.txt", text);

        var parts = await ExportAsync(qrai, "anonymous");

        parts.OfType<ExportBytes>().Count().ShouldBeGreaterThan(1);
        TextOf(parts).ShouldBe(text);
    }

    [Test]
    public async Task An_owner_without_anything_is_not_exported()
    {
        await using var qrai = await StartAsync();
        await qrai.CreateSessionAsync("Of another owner");

        (await Should.ThrowAsync<NotFoundException>(() => ExportAsync(qrai, "nobody"))).Message.ShouldContain("nobody");
    }

    private static Task<List<ExportPart>> ExportAsync(
        QrAiHost qrai,
        string owner = "alice",
        Func<Task>? afterFirst = null
    ) => qrai.Services.ReadForAsync(owner, new ExportOwner(), afterFirst);

    private static string TextOf(IEnumerable<ExportPart> parts) =>
        Encoding.UTF8.GetString([.. parts.OfType<ExportBytes>().SelectMany(part => part.Bytes.ToArray())]);
}
