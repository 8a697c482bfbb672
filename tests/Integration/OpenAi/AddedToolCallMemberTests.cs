using System.Text.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.OpenAi;

/// <summary>Members that a provider adds to a tool call are sent to the caller, and returned with the call.</summary>
public sealed class AddedToolCallMemberTests : OpenAiTest
{
    private const string Added = """{"google":{"thought_signature":"c2lnbmF0dXJl"}}""";

    private const string Call = $$$"""
        {"id":"call_a","type":"function","extra_content":{{{Added}}},"function":{"name":"weather","arguments":"{}"}}
        """;

    [Test]
    public async Task It_is_sent_to_the_caller([Values] bool streamed)
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Stream(Calls(), Part.FinishWith("stop"), Part.Done));

        JsonElement choice;
        if (streamed)
        {
            await using var stream = await StreamAsync(qrai, Request());
            var choices = (await stream.ReadToEndAsync())
                .SkipLast(1)
                .Select(each => each.Data.GetProperty("choices")[0])
                .ToList();
            choices[^1].GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
            choice = choices.Single(one => one.GetProperty("delta").TryGetProperty("tool_calls", out _));
            choice = choice.GetProperty("delta");
        }
        else
        {
            choice = (await CompleteAsync(qrai, Request())).GetProperty("choices")[0];
            choice.GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
            choice = choice.GetProperty("message");
        }

        var call = choice.GetProperty("tool_calls").EnumerateArray().ShouldHaveSingleItem();
        call.GetProperty("extra_content").GetRawText().ShouldBe(Added);
    }

    [Test]
    public async Task It_is_stored_with_a_completion_that_is_repeated()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Stream(Calls(), Part.FinishWith("stop"), Part.Done));

        var texts = new List<string>();
        for (var time = 0; time < 2; time++)
        {
            using var response = await qrai.SendAsync(
                HttpMethod.Post,
                "/v1/chat/completions",
                Request(),
                headers => headers.Add("Idempotency-Key", "once")
            );
            texts.Add(await response.Content.ReadAsStringAsync());
        }

        texts[0].ShouldContain(Added);
        texts[1].ShouldBe(texts[0]);
    }

    [Test]
    public async Task It_is_returned_to_the_provider()
    {
        await using var qrai = await StartAsync();
        var request = Request();
        request["messages"] = JsonElement.Parse(
            $$$"""
            [
              {"role":"user","content":"Will it rain?"},
              {"role":"assistant","tool_calls":[{{{Call}}}]},
              {"role":"tool","tool_call_id":"call_a","content":"No."}
            ]
            """
        );

        await CompleteAsync(qrai, request);

        var sent = Provider.Requests.Single().Body.GetProperty("messages")[1].GetProperty("tool_calls")[0];
        sent.GetProperty("extra_content").GetRawText().ShouldBe(Added);
        sent.EnumerateObject().Select(member => member.Name).ShouldBe(["id", "type", "function", "extra_content"]);
    }

    private static Part Calls() =>
        Part.Data($$$"""{"choices":[{"index":0,"delta":{"tool_calls":[{{{Call.Trim()}}}]},"finish_reason":null}]}""");
}
