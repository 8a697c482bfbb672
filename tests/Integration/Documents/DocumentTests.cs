using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace QrAi.Tests.Integration.Documents;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class DocumentTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private const string Rules = "# 就業規則\n\n## 休暇\n\n休暇の申請は三日前までに行う。\n";

    [Test]
    public async Task A_file_is_stored_and_read_afterwards()
    {
        await using var qrai = await StartAsync();

        var added = await qrai.AddAsync("規則.md", Rules);
        var ready = await qrai.WaitForAsync(added.Id, "ready");

        (ready.Name, ready.Title, ready.MediaType).ShouldBe(("規則.md", "就業規則", "text/markdown"));
        ready.Size.ShouldBe(Encoding.UTF8.GetByteCount(Rules));
        ready.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Rules))));
        (ready.Passages, ready.Pages, ready.Shared).ShouldBe((1, null, false));
        var passage = (await qrai.ListPassagesAsync(added.Id)).Items.ShouldHaveSingleItem();
        passage.ShouldBe(new PassageBody(added.Id, "就業規則", 1, "休暇の申請は三日前までに行う。", "就業規則 › 休暇"));
    }

    [Test]
    public async Task The_file_is_returned_as_it_came_as_an_attachment()
    {
        await using var qrai = await StartAsync();
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("これは文である。\n\n", 60_000)));
        using var response = await qrai.TryAddAsync("長い 文.txt", bytes);
        var document = await QrAiClient.ReadAsync<DocumentBody>(Task.FromResult(response));

        using var content = await qrai.GetAsync($"/api/documents/{document.Id}/content");

        (await content.Content.ReadAsByteArrayAsync()).ShouldBe(bytes);
        content.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        content.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        content.Content.Headers.ContentDisposition.FileNameStar.ShouldBe("長い 文.txt");
        content.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
    }

    [Test]
    public async Task A_form_with_a_file_is_accepted_too()
    {
        await using var qrai = await StartAsync();
        using var file = new ByteArrayContent(Encoding.UTF8.GetBytes(Rules));
        file.Headers.ContentType = new MediaTypeHeaderValue("text/markdown");
        using var form = new MultipartFormDataContent { { file, "file", "rules.md" } };

        using var response = await qrai.PostAsync("/api/documents", form);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await QrAiClient.ReadAsync<DocumentBody>(Task.FromResult(response))).Name.ShouldBe("rules.md");
    }

    [Test]
    public async Task The_same_bytes_again_are_the_same_document()
    {
        await using var qrai = await StartAsync();
        var bytes = Encoding.UTF8.GetBytes(Rules);

        var responses = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(number => qrai.TryAddAsync($"{number}.md", bytes))
        );

        responses.Count(response => response.StatusCode == HttpStatusCode.Accepted).ShouldBe(1);
        responses.Count(response => response.StatusCode == HttpStatusCode.OK).ShouldBe(4);
        (await qrai.ListDocumentsAsync()).Items.ShouldHaveSingleItem();
    }

    [Test]
    public async Task Invalid_files_are_refused_and_nothing_is_stored()
    {
        await using var qrai = await StartAsync(new() { ["DOCUMENT_MAX_MIB"] = "1" });
        using var form = new MultipartFormDataContent { { new StringContent("a"), "other", "a.txt" } };
        using var broken = new StringContent(new string('x', 100_000));
        broken.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        using var without = new StringContent("x");
        without.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data");

        await qrai.TryAddAsync("image.txt", [0x89, .. "PNG\r\n\u001a\n\0\0\0\0"u8])
            .ShouldBeProblem(415, "unsupported_media_type");
        await qrai.TryAddAsync("big.txt", new byte[1024 * 1024 + 1]).ShouldBeProblem(413, "payload_too_large");
        await qrai.TryAddAsync("huge.txt", new byte[4 * 1024 * 1024]).ShouldBeProblem(413, "payload_too_large");
        await qrai.TryAddAsync("", "text"u8.ToArray()).ShouldBeProblem(400, "invalid_request", "name");
        await qrai.TryAddAsync(new string('x', 256), "text"u8.ToArray())
            .ShouldBeProblem(400, "invalid_request", "name");
        await qrai.PostAsync("/api/documents", form).ShouldBeProblem(400, "invalid_request", "file");
        await qrai.PostAsync("/api/documents", broken).ShouldBeProblem(400, "invalid_request");
        await qrai.PostAsync("/api/documents", without).ShouldBeProblem(400, "invalid_request", "Content-Type");
        await qrai.PostAsync("/api/documents?name=a.txt&shared=yes", new StringContent("a"))
            .ShouldBeProblem(400, "invalid_request", "shared");

        (await qrai.ListDocumentsAsync()).Items.ShouldBeEmpty();
    }

    [Test]
    public async Task A_file_that_cannot_be_read_fails_with_its_reason()
    {
        await using var qrai = await StartAsync();

        var empty = await qrai.AddAsync("empty.txt", " \n ");
        var broken = await qrai.AddAsync("broken.pdf", "%PDF-1.7\nnothing of a PDF follows");

        (await qrai.WaitForAsync(empty.Id, "failed")).Error!.Code.ShouldBe("no_text");
        (await qrai.WaitForAsync(broken.Id, "failed")).Error!.Code.ShouldBe("unreadable");
        (await qrai.ListPassagesAsync(empty.Id)).Items.ShouldBeEmpty();
        (await qrai.ListDocumentsAsync("?status=failed")).Items.Count.ShouldBe(2);
        (await qrai.ListDocumentsAsync("?status=ready")).Items.ShouldBeEmpty();
    }

    [Test]
    public async Task Documents_are_listed_by_pages_and_found_by_name_and_title()
    {
        await using var qrai = await StartAsync();
        for (var number = 1; number <= 5; number++)
            await qrai.AddReadyAsync($"{number}.md", $"# ＴＩＴＬＥ {number}\n\nText {number}.");

        var first = await qrai.ListDocumentsAsync("?limit=2");
        var second = await qrai.ListDocumentsAsync($"?limit=3&cursor={first.NextCursor}");

        first.Items.Concat(second.Items).Select(one => one.Name).ShouldBe(["5.md", "4.md", "3.md", "2.md", "1.md"]);
        second.NextCursor.ShouldBeNull();
        (await qrai.ListDocumentsAsync("?q=title%203")).Items.ShouldHaveSingleItem().Name.ShouldBe("3.md");
        (await qrai.ListDocumentsAsync("?q=4.MD")).Items.ShouldHaveSingleItem().Name.ShouldBe("4.md");
        await qrai.GetAsync("/api/documents?status=gone").ShouldBeProblem(400, "invalid_request", "status");
        await qrai.GetAsync($"/api/documents?q=x&cursor={first.NextCursor}")
            .ShouldBeProblem(400, "invalid_request", "cursor");
    }

    [Test]
    public async Task Passages_are_listed_by_pages_in_the_order_of_the_text()
    {
        await using var qrai = await StartAsync();
        var sections = Enumerable
            .Range(1, 5)
            .Select(number => $"## {number}\n\n{new string((char)('あ' + number), 320)}");
        var document = await qrai.AddReadyAsync("long.md", string.Join("\n\n", sections));

        var first = await qrai.ListPassagesAsync(document.Id, "?limit=3");
        var second = await qrai.ListPassagesAsync(document.Id, $"?cursor={first.NextCursor}");

        document.Passages.ShouldBe(5);
        first.Items.Concat(second.Items).Select(one => one.Number).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Test]
    public async Task A_deleted_document_leaves_nothing()
    {
        await using var qrai = await StartAsync();
        await using var database = await OpenDatabaseAsync();
        var document = await qrai.AddReadyAsync("規則.md", Rules);
        (await qrai.SearchAsync("休暇")).ShouldHaveSingleItem();

        using (var deleted = await qrai.SendAsync(HttpMethod.Delete, $"/api/documents/{document.Id}"))
            deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await qrai.GetAsync($"/api/documents/{document.Id}").ShouldBeProblem(404, "not_found");
        await qrai.GetAsync($"/api/documents/{document.Id}/content").ShouldBeProblem(404, "not_found");
        await qrai.GetAsync($"/api/documents/{document.Id}/passages").ShouldBeProblem(404, "not_found");
        await qrai.SendAsync(HttpMethod.Delete, $"/api/documents/{document.Id}").ShouldBeProblem(404, "not_found");
        (await qrai.SearchAsync("休暇")).ShouldBeEmpty();
        foreach (var table in new[] { "documents", "document_chunks", "passages", "index_segments", "index_blocks" })
            (await database.NumberAsync($"SELECT count(*) FROM {table}")).ShouldBe(0, table);
    }

    [Test]
    public async Task A_document_is_shared_only_with_the_right_to()
    {
        await using var qrai = await StartAsync(new() { ["AUTHENTICATION"] = "api-key" });
        await using var editor = qrai.As((await qrai.CreateKeyAsync("editor", mayShare: true)).Secret);
        await using var reader = await qrai.AsAsync("reader");

        await reader.TryAddAsync("a.md", Encoding.UTF8.GetBytes(Rules), shared: true).ShouldBeProblem(403, "forbidden");
        var shared = await editor.AddReadyAsync("a.md", Rules, shared: true);

        (await reader.GetDocumentAsync(shared.Id)).ShouldBe(shared);
        (await reader.SearchAsync("休暇")).ShouldHaveSingleItem().DocumentId.ShouldBe(shared.Id);
        (await reader.ListPassagesAsync(shared.Id)).Items.ShouldHaveSingleItem();
        await reader.SendAsync(HttpMethod.Delete, $"/api/documents/{shared.Id}").ShouldBeProblem(403, "forbidden");
        var own = await reader.AddAsync("own.md", Rules); // the same bytes, but the reader's
        own.Shared.ShouldBeFalse();
        using var deleted = await editor.SendAsync(HttpMethod.Delete, $"/api/documents/{shared.Id}");
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }
}
