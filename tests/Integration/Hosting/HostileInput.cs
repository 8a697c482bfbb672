using System.Globalization;
using System.Text;
using System.Text.Json;

namespace QrAi.Tests.Integration.Hosting;

/// <summary>Creates malformed and malicious requests. The same seed creates the same requests.</summary>
/// <param name="random">The source of all choices.</param>
internal sealed class HostileInput(Random random)
{
    private static readonly string[] _texts =
    [
        "",
        " ",
        "\0",
        "null",
        "-1",
        "0",
        "1e309",
        new string('9', 400),
        "../../etc/passwd",
        "..%2f..%2f",
        "%00",
        "%ff%fe",
        "%",
        "%zz",
        "'; DROP TABLE sessions;--",
        "<script>alert(1)</script>",
        "{{7*7}}${7*7}",
        "\r\nX-Injected: yes",
        "%0d%0aX-Injected:%20yes",
        "日本の首都は？",
        "half \ud83d",
        "\udc00 half",
        "e\u0301\u202e\ufeff",
        new string('x', 9_000),
        "00000000-0000-0000-0000-000000000000",
        "0198B0DE-3F5B-7B3A-8E53-5F3F3F3F3F3F",
        "{0198b0de-3f5b-7b3a-8e53-5f3f3f3f3f3f}",
        "\\..\\..",
        "//",
        ";#?&=+",
        "eyJpZCI6MX0",
        "v1.AAAA",
    ];

    private static readonly string[] _values =
    [
        "null",
        "true",
        "0",
        "-0",
        "01",
        "1.5",
        "1e400",
        "-1E+999999999",
        "99999999999999999999999999",
        "NaN",
        "0x1",
        "'single'",
        "[]",
        "{}",
        "[null,{}]",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\u0000\"",
        "\"\\x\"",
        "\"unterminated",
        "{\"a\":1,\"a\":2}",
        "/* comment */ 1",
        ",",
    ];

    private static readonly string[] _headers =
    [
        "Accept",
        "Accept-Encoding",
        "Authorization",
        "Content-Encoding",
        "Content-Type",
        "Cookie",
        "Idempotency-Key",
        "If-Match",
        "Last-Event-ID",
        "Origin",
        "Range",
        "traceparent",
        "X-Forwarded-For",
        "X-HTTP-Method-Override",
        "X-Request-Id",
    ];

    private static readonly string[] _types =
    [
        "application/json; charset=utf-16",
        "application/json; charset=\"",
        "application/json; charset=nothing",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=",
        "text/plain",
        "json",
        "/",
        "",
    ];

    private static readonly string[] _accepted =
    [
        "text/event-stream",
        "application/graphql-response+json",
        "text/event-stream;q=nothing",
        "*/*;q=0",
        "/,;",
        "image/png",
    ];

    private static readonly string[] _methods = ["PUT", "OPTIONS", "TRACE", "PROPFIND", "get", "G\u00cbT"];

    /// <summary>Creates a request to a route.</summary>
    /// <param name="method">The method of the route, sometimes replaced by another one.</param>
    /// <param name="path">The route's path, with parameters in braces.</param>
    /// <param name="query">Its query parameters.</param>
    /// <param name="members">Members of its body; null if it has none.</param>
    /// <param name="ids">Ids of existing data.</param>
    public byte[] Request(
        string method,
        string path,
        IReadOnlyList<string> query,
        IReadOnlyList<string>? members,
        IReadOnlyList<Guid> ids
    )
    {
        var target = new StringBuilder();
        foreach (var part in path.Split('/').Skip(1))
            target
                .Append('/')
                .Append(
                    !part.StartsWith('{') ? part
                    : Chance(0.4) ? Pick(ids).ToString()
                    : Encoded(Text())
                );
        if (Chance(0.1))
            target.Append(Pick(["/", "//", "/..", "/%2e%2e/", "/.", ";a=b", "\\", "%00"]));
        var parameters = query
            .Where(_ => Chance(0.7))
            .Concat(Chance(0.2) ? ["unknown", .. query] : [])
            .Select(name => $"{name}={Encoded(Text())}")
            .ToList();
        if (parameters.Count > 0)
            target.Append('?').AppendJoin('&', parameters);
        var body = members is not null || Chance(0.1) ? Body(members ?? ["question", "title"]) : null;
        return Message(Chance(0.05) ? Pick(_methods) : method.ToUpperInvariant(), target.ToString(), body);
    }

    /// <summary>Creates a request with a given body and unexpected headers.</summary>
    public byte[] Post(string path, string body) => Message("POST", path, Damaged(Encoding.UTF8.GetBytes(body)));

    /// <summary>Creates a JSON value of an unexpected kind, or invalid JSON.</summary>
    public string Value() =>
        random.Next(10) switch
        {
            < 4 => JsonSerializer.Serialize(Text()),
            < 8 => Pick(_values),
            8 => Deep(Pick(["[", "{\"a\":"]), random.Next(60, 20_000)),
            _ =>
                $"{{{string.Join(',', Enumerable.Range(0, random.Next(50)).Select(number => $"\"m{number}\":{number}"))}}}",
        };

    /// <summary>Creates a GraphQL literal of any kind, or an invalid one.</summary>
    public string Literal() =>
        random.Next(10) switch
        {
            < 4 => JsonSerializer.Serialize(Text()),
            < 6 => Pick([
                "null",
                "true",
                "0",
                "-1",
                "1e400",
                "99999999999999999999",
                "WORD",
                "$v",
                "$unknown",
                "[]",
                "{}",
            ]),
            6 => "\"\"\"" + Text() + "\"\"\"",
            7 => Pick(["\"\\ud800\"", "\"\\u0000\"", "\"\\u{110000}\"", "{a:1,a:2}", "\"unterminated", "@", "..."]),
            8 => Deep("[", random.Next(60, 10_000)),
            _ => "{question:"
                + JsonSerializer.Serialize(Text())
                + ",sessionId:"
                + JsonSerializer.Serialize(Text())
                + "}",
        };

    public string Text() => Chance(0.05) ? RandomText() : Pick(_texts);

    public bool Chance(double probability) => random.NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private byte[] Body(IReadOnlyList<string> members)
    {
        var body = new StringBuilder("{");
        foreach (var member in members.Where(_ => Chance(0.5)).Concat(Chance(0.2) ? members.Take(1) : []))
            body.Append(CultureInfo.InvariantCulture, $"\"{member}\":{Value()},");
        if (Chance(0.2))
            body.Append(CultureInfo.InvariantCulture, $"{JsonSerializer.Serialize(Text())}:{Value()},");
        return Damaged(
            Encoding.UTF8.GetBytes(
                Chance(0.15) ? Value()
                : Chance(0.05) ? ""
                : body.ToString().TrimEnd(',') + "}"
            )
        );
    }

    private byte[] Damaged(byte[] body)
    {
        if (body.Length == 0)
            return body;
        if (Chance(0.1))
            for (var time = random.Next(4); time >= 0; time--)
                body[random.Next(body.Length)] = (byte)random.Next(256);
        if (Chance(0.05))
            return body[..random.Next(body.Length)];
        return Chance(0.05) ? [0xEF, 0xBB, 0xBF, .. body] : body;
    }

    private byte[] Message(string method, string target, byte[]? body)
    {
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"{method} {target} HTTP/1.1\r\nHost: qrai\r\nConnection: close\r\n");
        if (body is not null)
            head.Append(
                CultureInfo.InvariantCulture,
                $"Content-Type: {(Chance(0.1) ? Pick(_types) : "application/json")}\r\n"
            );
        if (Chance(0.3))
            head.Append(CultureInfo.InvariantCulture, $"Accept: {Pick(_accepted)}\r\n");
        while (Chance(0.3))
            head.Append(
                CultureInfo.InvariantCulture,
                $"{(Chance(0.1) ? RandomText() : Pick(_headers))}: {(Chance(0.8) ? Text().Replace("\r\n", "\t", StringComparison.Ordinal) : Text())}\r\n"
            );
        if (body is not null && Chance(0.1))
        {
            // Chunks with an invalid length or end.
            head.Append("Transfer-Encoding: chunked\r\n\r\n");
            var length = Chance(0.7)
                ? body.Length.ToString("x", CultureInfo.InvariantCulture)
                : Pick(["-1", "zz", "ffffffffffff", ""]);
            return [.. Bytes(head.Append(length).Append("\r\n")), .. body, .. "\r\n0\r\n\r\n"u8];
        }

        if (body is not null)
            head.Append(
                CultureInfo.InvariantCulture,
                $"Content-Length: {(Chance(0.97) ? body.Length : random.Next(body.Length + 1))}\r\n"
            );
        return [.. Bytes(head.Append("\r\n")), .. body ?? []];
    }

    private string Encoded(string text) => Chance(0.9) ? Uri.EscapeDataString(text) : text;

    private string RandomText() =>
        string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => (char)random.Next(0x3000)));

    private static string Deep(string opening, int depth) => new StringBuilder().Insert(0, opening, depth).ToString();

    private static byte[] Bytes(StringBuilder head) => Encoding.UTF8.GetBytes(head.ToString());
}
