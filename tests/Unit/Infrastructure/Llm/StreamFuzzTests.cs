using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using QrAi.Infrastructure.Llm;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>Invalid streams. Each is generated from a seed, which is a case of the test.</summary>
public sealed class StreamFuzzTests
{
    private const int StreamsForEachSeed = 50;

    private static readonly string[] Answer =
    [
        """{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}""",
        """{"id":"c1","choices":[{"index":0,"delta":{"content":"The capital "},"logprobs":null,"finish_reason":null}]}""",
        """{"id":"c1","choices":[{"index":0,"delta":{"reasoning":"Hm","reasoning_details":[{"type":"x"}]}}]}""",
        """{"id":"c1","choices":[{"index":0,"delta":{"content":"of 日本 is \u6771\ud83d\ude00. "},"finish_reason":null}]}""",
        """{"id":"c1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"find","arguments":"{}"}}]}}]}""",
        """{"id":"c1","choices":[{"index":0,"delta":{"content":"Tokyo.\n"},"finish_reason":"stop","native_finish_reason":"STOP"}]}""",
        """{"id":"c1","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9,"cost":{"x":[1]}}}""",
    ];

    private static readonly string[] Values =
    [
        "null",
        "true",
        "-1",
        "7.0",
        "1e999",
        "\"\"",
        "\"word\"",
        "\"7\"",
        "[]",
        "[null,7]",
        "{}",
        """{"deep":[{"er":[{}]}]}""",
    ];

    [Test]
    public async Task A_stream_whose_members_are_removed_duplicated_or_retyped_gives_the_remaining_text(
        [Range(1, 20)] int seed
    )
    {
        var random = new Random(seed);
        for (var number = 0; number < StreamsForEachSeed; number++)
        {
            var chunks = Answer.Select(chunk => Mutate(chunk, random)).ToList();
            var (text, isFinished) = Expect(chunks);
            var stream = Encoding.UTF8.GetBytes(string.Concat(chunks.Select(chunk => Frame(chunk, random))));

            var (written, failure) = await ReadAsync(Split(stream, random));

            var description = $"Stream {number}:\n{string.Join('\n', chunks)}";
            written.ShouldBe(text, description);
            failure?.Outcome.ShouldBe("broken_off", description);
            (failure is null).ShouldBe(isFinished, description);
        }
    }

    [Test]
    public async Task A_stream_with_damaged_bytes_is_complete_or_breaks_off([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        for (var number = 0; number < StreamsForEachSeed; number++)
        {
            var stream = Encoding.UTF8.GetBytes(string.Concat(Answer.Select(chunk => Frame(chunk, random)))).ToList();
            for (var damages = random.Next(1, 6); damages > 0; damages--)
                Damage(stream, random);

            var (_, failure) = await ReadAsync(Split([.. stream], random));

            failure?.Outcome.ShouldBe("broken_off", $"Stream {number}");
        }
    }

    private static async Task<(string Text, ProviderException? Failure)> ReadAsync(Part[] parts)
    {
        var updates = new List<ChatResponseUpdate>();
        try
        {
            await Wire.ReadAsync(updates, parts);
            return (Wire.TextOf(updates), null);
        }
        catch (ProviderException failure)
        {
            return (Wire.TextOf(updates), failure);
        }
    }

    /// <summary>Returns the text that a reader of whole chunks reads.</summary>
    private static (string Text, bool IsFinished) Expect(IEnumerable<string> chunks)
    {
        var (text, isFinished) = (new StringBuilder(), false);
        foreach (var chunk in chunks)
        {
            using var json = JsonDocument.Parse(chunk);
            if (
                Member(json.RootElement, "choices") is not { ValueKind: JsonValueKind.Array } choices
                || choices.GetArrayLength() == 0
            )
                continue;
            if (
                Member(choices[0], "delta") is { } delta
                && Member(delta, "content") is { ValueKind: JsonValueKind.String } content
            )
                text.Append(content.GetString());
            isFinished |= Member(choices[0], "finish_reason") switch
            {
                { ValueKind: JsonValueKind.String } reason => reason.GetString()!.Length > 0,
                { ValueKind: JsonValueKind.Number } => true,
                _ => false,
            };
        }

        return (text.ToString(), isFinished);

        static JsonElement? Member(JsonElement element, string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;
    }

    private static string Mutate(string chunk, Random random)
    {
        using var json = JsonDocument.Parse(chunk);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
            WriteMutated(writer, json.RootElement, random);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteMutated(Utf8JsonWriter writer, JsonElement element, Random random)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject())
                    WriteMutated(writer, member, random);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    WriteMutated(writer, item, random);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static void WriteMutated(Utf8JsonWriter writer, JsonProperty member, Random random)
    {
        var chance = random.Next(40);
        if (chance == 0)
            return;
        if (chance is 1 or 2)
        {
            writer.WritePropertyName(member.Name);
            writer.WriteRawValue(Values[random.Next(Values.Length)], skipInputValidation: true);
        }

        if (chance == 2)
            return;
        writer.WritePropertyName(member.Name);
        WriteMutated(writer, member.Value, random);
        if (chance != 3)
            return;
        writer.WritePropertyName(member.Name);
        WriteMutated(writer, member.Value, random);
    }

    private static string Frame(string chunk, Random random)
    {
        var end = new[] { "\n", "\r\n", "\r" }[random.Next(3)];
        var before = new[] { "", $": comment{end}{end}", $"data: ping{end}{end}", $"event: x{end}id{end}" }[
            random.Next(4)
        ];
        return $"{before}data:{(random.Next(2) == 0 ? " " : "")}{chunk}{end}{end}";
    }

    private static Part[] Split(byte[] stream, Random random)
    {
        var parts = new List<Part>();
        for (var start = 0; start < stream.Length; )
        {
            var length = Math.Min(random.Next(1, random.Next(2) == 0 ? 4 : 2_000), stream.Length - start);
            parts.Add(Part.Bytes(stream.AsMemory(start, length)));
            start += length;
        }

        return [.. parts];
    }

    private static void Damage(List<byte> stream, Random random)
    {
        var at = random.Next(stream.Count);
        switch (random.Next(3))
        {
            case 0:
                stream[at] = (byte)random.Next(256);
                break;
            case 1:
                stream.RemoveRange(at, random.Next(1, Math.Min(30, stream.Count - at) + 1));
                break;
            default:
                stream.Insert(at, (byte)random.Next(256));
                break;
        }
    }
}
