using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.OpenApi;

/// <summary>Compares the examples, events and limits of the description with the service.</summary>
public sealed class DescriptionAccuracyTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    private const string EventStream = "text/event-stream";

    [Test]
    public async Task Every_example_is_valid_by_its_schema()
    {
        await using var qrai = await StartAsync();
        var document = await DescriptionAsync(qrai);
        var schema = new JsonSchema(document);
        var checkedExamples = 0;

        foreach (var (name, content) in Operations(document).SelectMany(one => BodiesOf(one, schema)))
        foreach (var body in content.EnumerateObject().Where(body => body.Name != EventStream))
        foreach (var example in body.Value.GetProperty("examples").EnumerateObject())
        {
            schema
                .Check(example.Value.GetProperty("value"), body.Value.GetProperty("schema"))
                .ShouldBeEmpty($"{name} {body.Name} {example.Name}");
            checkedExamples++;
        }

        checkedExamples.ShouldBeGreaterThan(100);
    }

    [Test]
    public async Task Every_code_is_in_an_example_of_a_response_with_its_status()
    {
        await using var qrai = await StartAsync();
        var document = await DescriptionAsync(qrai);
        var schema = new JsonSchema(document);
        var codes = new HashSet<string?>();

        foreach (var operation in Operations(document))
        foreach (var response in operation.Value.GetProperty("responses").EnumerateObject())
        {
            var described = schema.Resolve(response.Value);
            if (
                !described.TryGetProperty("content", out var content)
                || !content.TryGetProperty("application/problem+json", out var body)
            )
                continue;
            foreach (var example in body.GetProperty("examples").EnumerateObject())
            {
                var problem = example.Value.GetProperty("value");
                codes.Add(problem.GetProperty("code").GetString());
                if (response.Name != "default")
                    $"{problem.GetProperty("status")}".ShouldBe(response.Name, operation.Name);
            }
        }

        var all = document
            .GetProperty("components")
            .GetProperty("schemas")
            .GetProperty("Problem")
            .GetProperty("properties")
            .GetProperty("code")
            .GetProperty("enum")
            .EnumerateArray()
            .Select(code => code.GetString())
            .Except(["model_not_found"]); // only below /v1, whose errors have another format
        codes.ShouldBe(all, ignoreOrder: true);
    }

    [Test]
    public async Task The_events_of_a_stream_match_their_description()
    {
        await using var qrai = await StartAsync();
        var document = await DescriptionAsync(qrai);
        var described = Operations(document)
            .Single(one => one.Value.GetProperty("operationId").GetString() == "AskQuestion")
            .Value.GetProperty("responses")
            .GetProperty("200")
            .GetProperty("content")
            .GetProperty(EventStream);
        Provider.Enqueue(Reply.BreakOff("Tok"), Reply.Answer("To", "kyo [1]"));
        await qrai.AddReadyAsync("japan.md", "# Japan\n\nIts capital is Tokyo.");

        using var response = await qrai.SendAsync(
            HttpMethod.Post,
            "/api/questions",
            new { question = "Capital?" },
            headers => headers.Accept.ParseAdd(EventStream)
        );
        await using var sent = await EventStreamReader.OpenAsync(response);
        await using var example = new EventStreamReader(
            new MemoryStream(Encoding.UTF8.GetBytes(described.GetProperty("example").GetString()!))
        );

        var events = (await sent.ReadToEndAsync()).Concat(await example.ReadToEndAsync()).ToList();
        events
            .Select(one => one.Event)
            .Distinct()
            .ShouldBe(["started", "sources", "delta", "restarted", "completed"], ignoreOrder: true);
        foreach (var one in events)
            new JsonSchema(document)
                .Check(
                    JsonSerializer.SerializeToElement(new { @event = one.Event, data = one.Data }),
                    described.GetProperty("schema").GetProperty("contentSchema")
                )
                .ShouldBeEmpty(one.Text);
    }

    [Test]
    public async Task Numbers_are_accepted_within_the_described_limits_and_refused_outside()
    {
        await using var qrai = await StartAsync();
        var document = await DescriptionAsync(qrai);
        var limited = document
            .GetProperty("components")
            .GetProperty("schemas")
            .GetProperty("ChatCompletionRequest")
            .GetProperty("properties")
            .EnumerateObject()
            .Where(member => member.Value.TryGetProperty("minimum", out _))
            .ToList();
        limited.Count.ShouldBe(7);

        foreach (var member in limited)
        {
            var (minimum, maximum) = (member.Value.GetProperty("minimum").GetInt64(), Maximum(member.Value));
            (await StatusOfAsync(member.Name, minimum)).ShouldBe(HttpStatusCode.OK, member.Name);
            (await StatusOfAsync(member.Name, maximum)).ShouldBe(HttpStatusCode.OK, member.Name);
            (await StatusOfAsync(member.Name, minimum - 1)).ShouldBe(HttpStatusCode.BadRequest, member.Name);
            (await StatusOfAsync(member.Name, maximum + 1)).ShouldBe(HttpStatusCode.BadRequest, member.Name);
        }

        static long Maximum(JsonElement schema) => schema.GetProperty("maximum").GetInt64();

        async Task<HttpStatusCode> StatusOfAsync(string name, long value)
        {
            using var response = await qrai.PostAsync(
                "/v1/chat/completions",
                new JsonObject
                {
                    ["model"] = "openrouter",
                    ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Capital?" }),
                    [name] = value,
                }
            );
            return response.StatusCode;
        }
    }

    private static IEnumerable<(string Name, JsonElement Content)> BodiesOf(JsonProperty operation, JsonSchema schema)
    {
        if (operation.Value.TryGetProperty("requestBody", out var request))
            yield return ($"{operation.Name} request", request.GetProperty("content"));
        foreach (var response in operation.Value.GetProperty("responses").EnumerateObject())
            if (schema.Resolve(response.Value).TryGetProperty("content", out var content))
                yield return ($"{operation.Name} {response.Name}", content);
    }

    private static IEnumerable<JsonProperty> Operations(JsonElement document) =>
        document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject());

    private static async Task<JsonElement> DescriptionAsync(QrAiHost qrai)
    {
        using var response = await qrai.GetAsync("/openapi/v1.json");
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }
}
