using System.Globalization;
using System.Text;
using System.Text.Json;

namespace QrAi.Tests.Integration.Hosting;

/// <summary>
/// Thousands of invalid requests to every route: none is a 500, each error has the format of its API, and the service
/// works afterwards. The seed is printed; <c>-- TestRunParameters.Parameter(name="seed", value="…")</c> repeats a run.
/// </summary>
[NonParallelizable] // it measures the memory of the process
public sealed class HostileInputTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    private const int PerRoute = 120;
    private const int PerField = 120;
    private const int Concurrency = 8;

    /// <summary>The limit of additional memory at the end; far below 3,000 bodies of 1 MiB.</summary>
    private const long MaxMemory = 64 * 1024 * 1024;

    /// <summary>The statuses with which the server refuses a request before the application, without a body.</summary>
    private static readonly int[] _refusedByServer = [400, 404, 405, 408, 411, 413, 414, 417, 431, 501, 505];

    [Test]
    public async Task Invalid_requests_to_every_route_are_refused_correctly()
    {
        await using var qrai = await StartAsync();
        var ids = await IdsAsync(qrai);
        var routes = await RoutesAsync(qrai);

        await SendAllAsync(
            qrai,
            [
                .. routes.SelectMany(route =>
                    Enumerable.Repeat<Func<HostileInput, byte[]>>(
                        input => input.Request(route.Method, route.Path, route.Query, route.Members, ids),
                        PerRoute
                    )
                ),
            ]
        );
    }

    [Test]
    public async Task Invalid_operations_on_every_field_are_refused_correctly()
    {
        await using var qrai = await StartAsync();
        var ids = await IdsAsync(qrai);
        var fields = await FieldsAsync(qrai);

        await SendAllAsync(
            qrai,
            [
                .. fields.SelectMany(field =>
                    Enumerable.Repeat<Func<HostileInput, byte[]>>(
                        input => input.Post("/graphql", Operation(input, field, ids)),
                        PerField
                    )
                ),
                .. Documents()
                    .Select(document => new Func<HostileInput, byte[]>(input =>
                        input.Post("/graphql", JsonSerializer.Serialize(new { query = document }))
                    )),
            ]
        );
    }

    private static async Task SendAllAsync(QrAiHost qrai, IReadOnlyList<Func<HostileInput, byte[]>> requests)
    {
        var seed = TestContext.Parameters.Get("seed", TestContext.CurrentContext.Random.Next());
        TestContext.Out.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, {requests.Count} requests")
        );
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await Parallel.ForEachAsync(
            Enumerable.Range(0, requests.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency },
            async (number, _) =>
            {
                var request = requests[number](new HostileInput(new Random(HashCode(seed, number))));
                var response = await qrai.SendRawAsync(request);
                try
                {
                    Validate(request, response);
                }
                catch (Exception exception)
                    when (exception is ShouldAssertException or JsonException or KeyNotFoundException)
                {
                    throw new ShouldAssertException(
                        $"Seed {seed}, request {number}: {exception.Message}\n{Shown(request)}\n\n{response}\n\n{LogOf(response)}",
                        exception
                    );
                }
            }
        );

        (await qrai.AskAsync("And now a good one?")).Answer.Status.ShouldBe("completed");
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(MaxMemory);
    }

    private static void Validate(byte[] request, string response)
    {
        var end = response.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        end.ShouldBeGreaterThan(0, "There was no response.");
        var (head, body) = (response[..end], response[(end + 4)..]);
        head.ShouldStartWith("HTTP/1.1 ");
        head.ShouldNotContain("\nX-Injected", Case.Insensitive); // an injected header
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        // A request may name a provider that is not configured.
        if (status != 503)
            status.ShouldBeLessThan(500);
        body.ShouldNotContain("\"code\":\"internal_error\""); // the OpenAPI description has it with a space
        body.ShouldNotContain("   at QrAi");
        if (status < 400)
        {
            if (status != 204)
                body.ShouldNotBeEmpty();
            return;
        }

        if (!head.Contains("X-Request-Id:", StringComparison.OrdinalIgnoreCase))
        {
            _refusedByServer.ShouldContain(status);
            body.ShouldBeEmpty();
            return;
        }

        if (request.AsSpan().StartsWith("HEAD "u8))
            return;
        var json = JsonElement.Parse(Dechunk(head, body));
        var code =
            head.Contains("application/problem+json", StringComparison.Ordinal) ? json.GetProperty("code")
            : json.TryGetProperty("error", out var openAi) ? openAi.GetProperty("code")
            : json.GetProperty("errors")[0].GetProperty("extensions").GetProperty("code");
        code.GetString().ShouldNotBeNullOrWhiteSpace();
        if (status == 503)
            code.GetString().ShouldBe("provider_not_configured");
    }

    private static string Dechunk(string head, string body)
    {
        if (!head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            return body;
        var bytes = Encoding.UTF8.GetBytes(body);
        var whole = new MemoryStream();
        for (var position = 0; ; )
        {
            var line = bytes.AsSpan(position).IndexOf("\r\n"u8);
            var length = int.Parse(bytes.AsSpan(position, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
                return Encoding.UTF8.GetString(whole.ToArray());
            whole.Write(bytes, position + line + 2, length);
            position += line + 2 + length + 2;
        }
    }

    /// <summary>Creates a session, a question and an answer, and returns their ids and an unknown one.</summary>
    private static async Task<IReadOnlyList<Guid>> IdsAsync(QrAiHost qrai)
    {
        var asked = await qrai.AskAsync("What may be got at?");
        return [asked.SessionId, asked.Question.Id, asked.Answer.Id, Guid.CreateVersion7()];
    }

    private sealed record Route(
        string Method,
        string Path,
        IReadOnlyList<string> Query,
        IReadOnlyList<string>? Members
    );

    private static async Task<IReadOnlyList<Route>> RoutesAsync(QrAiHost qrai)
    {
        var document = await GetAsync(qrai, "/openapi/v1.json");
        var schema = new JsonSchema(document);
        var routes = document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject()
                    .Where(method => method.Name is "get" or "post" or "put" or "patch" or "delete")
                    .Select(method => new Route(
                        method.Name,
                        path.Name,
                        method.Value.TryGetProperty("parameters", out var parameters)
                            ?
                            [
                                .. parameters
                                    .EnumerateArray()
                                    .Select(schema.Resolve)
                                    .Select(NameOf)
                                    .Where(name => name.Length > 0),
                            ]
                            : [],
                        method.Value.TryGetProperty("requestBody", out var body) ? MembersOf(body, schema) : null
                    ))
            )
            .ToList();
        routes.Count.ShouldBeGreaterThan(15);
        routes.ShouldContain(route => route.Members != null && route.Members.Contains("question"));
        routes.ShouldContain(route => route.Members != null && route.Members.Contains("messages"));
        routes.ShouldContain(route => route.Query.Contains("cursor"));
        return routes;
    }

    private static string NameOf(JsonElement parameter) =>
        parameter.TryGetProperty("in", out var place) && place.GetString() == "query"
            ? parameter.GetProperty("name").GetString()!
            : "";

    private static List<string> MembersOf(JsonElement body, JsonSchema schema)
    {
        var names = new List<string>();
        Collect(body);
        return names.Count == 0 ? ["query", "variables", "operationName", "extensions"] : names;

        void Collect(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Array)
                foreach (var item in element.EnumerateArray())
                    Collect(item);
            if (element.ValueKind != JsonValueKind.Object)
                return;
            if (element.TryGetProperty("$ref", out _))
                Collect(schema.Resolve(element));
            else if (element.TryGetProperty("properties", out var properties))
                names.AddRange(properties.EnumerateObject().Select(property => property.Name));
            else
                foreach (var member in element.EnumerateObject())
                    Collect(member.Value);
        }
    }

    private sealed record Field(string Operation, string Name, IReadOnlyList<string> Arguments, bool IsObject);

    private static async Task<IReadOnlyList<Field>> FieldsAsync(QrAiHost qrai)
    {
        using var response = await qrai.PostAsync(
            "/graphql",
            new
            {
                query = "{ __schema { types { name fields { name args { name } type { kind ofType { kind } } } } } }",
            }
        );
        var schema = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        var fields = schema
            .GetProperty("data")
            .GetProperty("__schema")
            .GetProperty("types")
            .EnumerateArray()
            .Where(type => type.GetProperty("name").GetString() is "Query" or "Mutation" or "Subscription")
            .SelectMany(type =>
                type.GetProperty("fields")
                    .EnumerateArray()
                    .Select(field => new Field(
                        type.GetProperty("name").GetString()!.ToLowerInvariant(),
                        field.GetProperty("name").GetString()!,
                        [
                            .. field
                                .GetProperty("args")
                                .EnumerateArray()
                                .Select(argument => argument.GetProperty("name").GetString()!),
                        ],
                        !field.GetProperty("type").ToString().Contains("SCALAR", StringComparison.Ordinal)
                    ))
            )
            .ToList();
        fields.Select(field => field.Operation).Distinct().Count().ShouldBe(3);
        return fields;
    }

    private static string Operation(HostileInput input, Field field, IReadOnlyList<Guid> ids)
    {
        var arguments = field
            .Arguments.Where(_ => input.Chance(0.8))
            .Concat(input.Chance(0.1) ? ["unknown"] : [])
            .Select(name =>
                $"{name}: {(input.Chance(0.3) ? $"\"{input.Pick(ids)}\"" : input.Chance(0.3) ? "$v" : input.Literal())}"
            )
            .ToList();
        var selection = !field.IsObject
            ? ""
            : input.Pick([
                "{ __typename }",
                "{ id }",
                "{ ...F }",
                "{ a: id a: __typename }",
                "{ nodes { messages(first: 2147483647) { nodes { id } } } }",
                "{ id @include(if: 1) @unknown }",
                "{}",
                "",
            ]);
        var type = input.Pick(["ID!", "ID", "String", "Int", "AskInput!", "Boolean!", "[[ID]]", "Unknown"]);
        var document =
            $"{field.Operation} O($v: {type}) {{ {field.Name}{(arguments.Count > 0 ? $"({string.Join(", ", arguments)})" : "")} {selection} }}";
        return $$"""{"query":{{JsonSerializer.Serialize(document)}},"variables":{{(
            input.Chance(0.2) ? input.Value() : $"{{\"v\":{input.Value()}}}"
        )}},"operationName":{{(input.Chance(0.9) ? "\"O\"" : input.Value())}}}""";
    }

    /// <summary>Returns documents that are expensive to process.</summary>
    private static IEnumerable<string> Documents()
    {
        yield return Deep("{ a", 20_000);
        yield return "{ sessions(q: " + Deep("[", 20_000) + ") { nodes { id } } }";
        yield return "{ sessions(q: " + Deep("{a:", 15_000) + ") { nodes { id } } }";
        yield return "query Q($v: " + Deep("[", 20_000) + ") { sessions { nodes { id } } }";
        yield return "{ " + string.Join(' ', Enumerable.Range(0, 3_000).Select(n => $"a{n}: __typename")) + " }";
        yield return "{ " + string.Join(' ', Enumerable.Repeat("__typename", 5_000)) + " }";
        yield return "{ sessions { nodes { " + string.Join(' ', Enumerable.Repeat("id", 15_000)) + " } } }";
        yield return "{ ...F } fragment F on Query { ...F }";
        yield return "{ ...F0 } "
            + string.Concat(Enumerable.Range(0, 1_200).Select(n => $"fragment F{n} on Query{{...F{n + 1}}} "))
            + "fragment F1200 on Query{__typename}";
        yield return "{ ...F0 } "
            + string.Concat(Enumerable.Range(0, 60).Select(n => $"fragment F{n} on Query{{...F{n + 1} ...F{n + 1}}} "))
            + "fragment F60 on Query{__typename}";
        yield return "{ __typename " + string.Concat(Enumerable.Repeat("@skip(if:false)", 3_500)) + " }";
        yield return string.Concat(Enumerable.Range(0, 2_000).Select(n => $"query Q{n} {{ __typename }} "));
        yield return "query Q("
            + string.Join(',', Enumerable.Range(0, 3_000).Select(n => $"$v{n}:Int"))
            + ") { __typename }";
        yield return "#" + new string('x', 60_000);
        yield return new string('\n', 60_000);
    }

    private static string Deep(string opening, int depth) => new StringBuilder().Insert(0, opening, depth).ToString();

    private static async Task<JsonElement> GetAsync(QrAiHost qrai, string path)
    {
        using var response = await qrai.GetAsync(path);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    // Not System.HashCode, which differs from process to process.
    private static int HashCode(int seed, int number) => unchecked(seed * 31 + number * 7_919);

    // The cause of a failure is only in the log.
    private static string LogOf(string response) =>
        string.Concat(
            response
                .Split("\r\n")
                .Where(line => line.StartsWith("X-Request-Id: ", StringComparison.Ordinal))
                .SelectMany(line => Output.LinesWith(line[14..]))
        );

    private static string Shown(byte[] request) =>
        JsonSerializer.Serialize(Encoding.Latin1.GetString(request.AsSpan(0, Math.Min(request.Length, 3_000))));
}
