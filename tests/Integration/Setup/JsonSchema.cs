using System.Globalization;
using System.Text.Json;

namespace QrAi.Tests.Integration.Setup;

/// <summary>
/// Validates JSON against a schema of an OpenAPI document. It supports the keywords of JSON Schema that the document
/// uses, and fails at any other.
/// </summary>
/// <param name="document">The document with the targets of references.</param>
internal sealed class JsonSchema(JsonElement document)
{
    private static readonly string[] _known =
    [
        .. "$ref type enum const oneOf allOf properties required additionalProperties items".Split(' '),
        .. "minLength maxLength minimum maximum minItems pattern format description default".Split(' '),
    ];

    /// <summary>Returns the errors of a value, one line each.</summary>
    public IEnumerable<string> Check(JsonElement value, JsonElement schema, string path = "$")
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            _known.ShouldContain(keyword.Name, "This keyword is not supported.");
            foreach (var error in Check(value, keyword, schema, path))
                yield return error;
        }
    }

    /// <summary>Follows a reference, if it is one.</summary>
    public JsonElement Resolve(JsonElement node) =>
        node.TryGetProperty("$ref", out var reference)
            ? reference.GetString()!.Split('/').Skip(1).Aggregate(document, (at, name) => at.GetProperty(name))
            : node;

    private IEnumerable<string> Check(JsonElement value, JsonProperty keyword, JsonElement schema, string path) =>
        keyword.Name switch
        {
            "$ref" => Check(value, Resolve(schema), path),
            "type" => Unless(Texts(keyword.Value).Any(type => IsA(value, type)), $"{path} is not {keyword.Value}"),
            "enum" => Unless(
                keyword.Value.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)),
                $"{path} is not one of {keyword.Value}"
            ),
            "const" => Unless(JsonElement.DeepEquals(keyword.Value, value), $"{path} is not {keyword.Value}"),
            "oneOf" => Unless(
                keyword.Value.EnumerateArray().Count(one => !Check(value, one, path).Any()) == 1,
                $"{path} is not exactly one of {keyword.Value}"
            ),
            "allOf" => keyword.Value.EnumerateArray().SelectMany(one => Check(value, one, path)),
            "properties" => Members(value)
                .SelectMany(member =>
                    keyword.Value.TryGetProperty(member.Name, out var inner)
                        ? Check(member.Value, inner, $"{path}.{member.Name}")
                        : []
                ),
            "required" => Texts(keyword.Value)
                .Where(name => value.ValueKind == JsonValueKind.Object && !value.TryGetProperty(name, out _))
                .Select(name => $"{path} has no {name}"),
            "additionalProperties" => Members(value)
                .Where(member =>
                    !schema.TryGetProperty("properties", out var own) || !own.TryGetProperty(member.Name, out _)
                )
                .SelectMany(member => CheckOther(member, keyword.Value, path)),
            "items" => Items(value).SelectMany((item, index) => Check(item, keyword.Value, Index(path, index))),
            "format" => Unless(HasFormat(value, keyword.Value.GetString()!), $"{path} is not {keyword.Value}"),
            _ => [],
        };

    private IEnumerable<string> CheckOther(JsonProperty member, JsonElement rule, string path) =>
        rule.ValueKind switch
        {
            JsonValueKind.False => [$"{path} has {member.Name}, which is not described"],
            JsonValueKind.Object => Check(member.Value, rule, $"{path}.{member.Name}"),
            _ => [],
        };

    private static IEnumerable<string> Unless(bool holds, string error) => holds ? [] : [error];

    private static IEnumerable<JsonProperty> Members(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : Enumerable.Empty<JsonProperty>();

    private static IEnumerable<JsonElement> Items(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : Enumerable.Empty<JsonElement>();

    private static IEnumerable<string> Texts(JsonElement oneOrMore) =>
        oneOrMore.ValueKind == JsonValueKind.String
            ? [oneOrMore.GetString()!]
            : oneOrMore.EnumerateArray().Select(one => one.GetString()!);

    private static string Index(string path, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    private static bool IsA(JsonElement value, string type) =>
        value.ValueKind switch
        {
            JsonValueKind.String => type == "string",
            JsonValueKind.Number => type == "number" || (type == "integer" && value.TryGetInt64(out _)),
            JsonValueKind.True or JsonValueKind.False => type == "boolean",
            JsonValueKind.Object => type == "object",
            JsonValueKind.Array => type == "array",
            _ => type == "null",
        };

    private static bool HasFormat(JsonElement value, string format) =>
        value.ValueKind != JsonValueKind.String
        || format switch
        {
            "uuid" => value.TryGetGuid(out _),
            "date-time" => value.TryGetDateTimeOffset(out _) && value.GetString()!.EndsWith('Z'),
            _ => true,
        };
}
