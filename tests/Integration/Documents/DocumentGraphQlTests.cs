using System.Text.Json;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.Documents;

public sealed class DocumentGraphQlTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    [Test]
    public async Task Documents_are_read_found_and_deleted_by_GraphQL_too()
    {
        await using var qrai = await StartAsync();
        var rules = await qrai.AddReadyAsync("rules.md", "# 就業規則\n\n休暇の申請は三日前まで。");
        var empty = await qrai.AddAsync("empty.txt", "\n");
        await qrai.WaitForAsync(empty.Id, "failed");

        var data = await DataAsync(
            qrai,
            $$"""
            {
              documents(first: 1) { nodes { name status error { code } } pageInfo { hasNextPage } }
              ready: documents(status: READY, q: "RULES") { nodes { id title passages shared size } }
              document(id: "{{rules.Id}}") { name mediaType sha256 }
              search(query: "休暇", first: 1) { documentId title number text heading page score }
            }
            """
        );

        var first = data.GetProperty("documents").GetProperty("nodes")[0];
        first.GetProperty("name").GetString().ShouldBe("empty.txt");
        first.GetProperty("status").GetString().ShouldBe("FAILED");
        first.GetProperty("error").GetProperty("code").GetString().ShouldBe("no_text");
        data.GetProperty("documents").GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean().ShouldBeTrue();
        var ready = data.GetProperty("ready").GetProperty("nodes").EnumerateArray().ShouldHaveSingleItem();
        ready.GetProperty("passages").GetInt32().ShouldBe(1);
        data.GetProperty("document").GetProperty("sha256").GetString().ShouldBe(rules.Sha256);
        var passage = data.GetProperty("search").EnumerateArray().ShouldHaveSingleItem();
        passage.GetProperty("text").GetString().ShouldBe("休暇の申請は三日前まで。");

        var deleted = await DataAsync(qrai, $$"""mutation { deleteDocument(id: "{{rules.Id}}") }""");

        deleted.GetProperty("deleteDocument").GetString().ShouldBe(rules.Id.ToString());
        (await qrai.SearchAsync("休暇")).ShouldBeEmpty();
    }

    [Test]
    public async Task An_answer_from_documents_has_its_citations_and_its_events_have_the_passages()
    {
        await using var qrai = await StartAsync();
        var rules = await qrai.AddReadyAsync("rules.md", "# 就業規則\n\n休暇の申請は三日前まで。");
        Provider.Enqueue(Reply.Answer("三日前です[1][2]。"));

        var asked = await DataAsync(
            qrai,
            $$"""
            mutation {
              ask(input: { question: "休暇は？", sources: "documents", documentIds: ["{{rules.Id}}"] }) {
                answer { id content citations { number documentId title passage heading page quote } }
              }
            }
            """
        );

        var answer = asked.GetProperty("ask").GetProperty("answer");
        answer.GetProperty("content").GetString().ShouldBe("三日前です[1]。");
        var citation = answer.GetProperty("citations").EnumerateArray().ShouldHaveSingleItem();
        citation.GetProperty("documentId").GetGuid().ShouldBe(rules.Id);
        citation.GetProperty("quote").GetString().ShouldBe("休暇の申請は三日前まで。");
        await using var stream = await EventStreamReader.OpenAsync(
            await qrai.SendAsync(
                HttpMethod.Post,
                "/graphql",
                new
                {
                    query = "subscription($id: ID!) { answer(id: $id) { __typename id ... on AnswerSources { passages { title } } } }",
                    variables = new { id = answer.GetProperty("id").GetString() },
                },
                headers => headers.Accept.ParseAdd("text/event-stream"),
                HttpCompletionOption.ResponseHeadersRead
            )
        );
        var sources = (await stream.ReadToEndAsync())[1].Data.GetProperty("data").GetProperty("answer");
        (sources.GetProperty("__typename").GetString(), sources.GetProperty("id").GetString()).ShouldBe(
            ("AnswerSources", "1.0")
        );
        sources.GetProperty("passages")[0].GetProperty("title").GetString().ShouldBe("就業規則");
    }

    private static async Task<JsonElement> DataAsync(QrAiClient qrai, string query)
    {
        using var response = await qrai.PostAsync("/graphql", new { query });
        var text = await response.Content.ReadAsStringAsync();
        var result = JsonElement.Parse(text);
        result.TryGetProperty("errors", out _).ShouldBeFalse(text);
        return result.GetProperty("data");
    }
}
