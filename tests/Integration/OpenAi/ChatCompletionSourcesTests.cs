using System.Net;
using System.Text.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.OpenAi;

/// <summary>Completions that are given passages of documents.</summary>
public sealed class ChatCompletionSourcesTests : OpenAiTest
{
    private const string Leave = "休暇の申請は三日前まで。";

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_completion_with_documents_has_an_annotation_for_each_marker(bool isStored)
    {
        await using var qrai = await StartAsync();
        var document = await qrai.AddReadyAsync("rules.md", $"# 就業規則\n\n{Leave}");
        Provider.Enqueue(Reply.Answer("三日前です[1]、", "作り話[9]。"));
        var request = Of("documents");
        request["store"] = isStored;

        var message = (await CompleteAsync(qrai, request)).GetProperty("choices")[0].GetProperty("message");

        message.GetProperty("content").GetString().ShouldBe("三日前です[1]、作り話。");
        var annotation = message.GetProperty("annotations").EnumerateArray().ShouldHaveSingleItem();
        annotation.GetProperty("type").GetString().ShouldBe("url_citation");
        var citation = annotation.GetProperty("url_citation");
        citation.GetProperty("start_index").GetInt32().ShouldBe(5);
        citation.GetProperty("end_index").GetInt32().ShouldBe(8);
        citation.GetProperty("title").GetString().ShouldBe("就業規則");
        var url = new Uri(citation.GetProperty("url").GetString()!);
        url.Fragment.ShouldBe("#passage-1");
        using var file = await qrai.GetAsync(url.AbsolutePath);
        file.StatusCode.ShouldBe(HttpStatusCode.OK);
        url.AbsolutePath.ShouldContain(document.Id.ToString());
        Provider.Requests[0].Messages[^1].Content.ShouldContain(Leave);
        Provider.Requests[0].Messages[0].Role.ShouldBe("system");
    }

    [Test]
    public async Task The_annotations_of_a_stream_follow_its_text()
    {
        await using var qrai = await StartAsync();
        await qrai.AddReadyAsync("rules.md", Leave);
        Provider.Enqueue(Reply.Answer("三日前", "です[", "1]。"));

        await using var stream = await StreamAsync(qrai, Of("documents"));
        var events = await stream.ReadToEndAsync();

        var deltas = events
            .SkipLast(1)
            .Select(each => each.Data.GetProperty("choices")[0].GetProperty("delta"))
            .ToList();
        string.Concat(deltas.Select(TextOf)).ShouldBe("三日前です[1]。");
        deltas[^2]
            .GetProperty("annotations")[0]
            .GetProperty("url_citation")
            .GetProperty("start_index")
            .GetInt32()
            .ShouldBe(5);
    }

    [TestCase("none")]
    [TestCase(null)]
    public async Task Without_the_member_a_completion_is_given_no_passages(string? sources)
    {
        await using var qrai = await StartAsync();
        await qrai.AddReadyAsync("rules.md", Leave);
        Provider.Enqueue(Reply.Answer("See [1]."));

        var message = (await CompleteAsync(qrai, Of(sources))).GetProperty("choices")[0].GetProperty("message");

        message.GetProperty("content").GetString().ShouldBe("See [1].");
        message.TryGetProperty("annotations", out _).ShouldBeFalse();
        Provider.Requests[0].Messages[^1].Content.ShouldBe("休暇は？");
    }

    [Test]
    public async Task A_completion_is_given_nothing_and_told_nothing_about_documents_if_the_settings_allow_no_passages()
    {
        await using var qrai = await StartAsync(new() { ["ANSWER_PASSAGES"] = "0" });
        await qrai.AddReadyAsync("rules.md", Leave);

        await CompleteAsync(qrai, Of("documents"));

        Provider.Requests[0].Messages.Select(message => message.Content).ShouldBe(["休暇は？"]);
    }

    [Test]
    public async Task A_repeated_completion_has_the_same_annotations()
    {
        await using var qrai = await StartAsync();
        await qrai.AddReadyAsync("rules.md", Leave);
        Provider.Enqueue(Reply.Answer("三日前です[1]。"));
        var bodies = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var response = await qrai.SendAsync(
                HttpMethod.Post,
                "/v1/chat/completions",
                Of("documents"),
                headers => headers.Add("Idempotency-Key", "one")
            );
            bodies.Add(await response.Content.ReadAsStringAsync());
        }

        bodies[0].ShouldContain("url_citation");
        bodies[1].ShouldBe(bodies[0]);
    }

    [Test]
    public async Task An_unknown_source_names_the_member()
    {
        await using var qrai = await StartAsync();

        var error = await ErrorAsync(qrai.PostAsync("/v1/chat/completions", Of("web")));

        (error.Status, error.Param).ShouldBe((HttpStatusCode.BadRequest, "metadata.sources"));
    }

    private static Dictionary<string, object?> Of(string? sources)
    {
        var request = Request(text: "休暇は？");
        request["metadata"] = new Dictionary<string, string?> { ["sources"] = sources, ["team"] = "hr" };
        return request;
    }

    private static string? TextOf(JsonElement delta) =>
        delta.TryGetProperty("content", out var content) ? content.GetString() : null;
}
