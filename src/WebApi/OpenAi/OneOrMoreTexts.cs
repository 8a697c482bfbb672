using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.OpenApi;
using QrAi.WebApi.OpenApi;

namespace QrAi.WebApi.OpenAi;

/// <summary>Reads a text, or an array of texts or of text parts, <c>{"type":"text","text":"…"}</c>.</summary>
internal sealed class OneOrMoreTexts : JsonConverter<IReadOnlyList<string>>, IDescribedConverter
{
    public IList<IOpenApiSchema> Describe() =>
        [
            new OpenApiSchema { Type = JsonSchemaType.String },
            new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema
                {
                    OneOf = [new OpenApiSchema { Type = JsonSchemaType.String }, DescribePart()],
                },
            },
            new OpenApiSchema { Type = JsonSchemaType.Null },
        ];

    public override IReadOnlyList<string> Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    )
    {
        if (reader.TokenType == JsonTokenType.String)
            return [reader.GetString()!];
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();

        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            texts.Add(
                reader.TokenType == JsonTokenType.String ? reader.GetString()!
                : JsonSerializer.Deserialize<Part>(ref reader, options) is { Type: "text", Text: { } text } ? text
                : throw new JsonException("Only text can be used.")
            );
        return texts;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        if (value is [var text])
            writer.WriteStringValue(text);
        else
            JsonSerializer.Serialize<IEnumerable<string>>(writer, value, options);
    }

    private static OpenApiSchema DescribePart() =>
        new()
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "type", "text" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Const = "text" },
                ["text"] = new OpenApiSchema { Type = JsonSchemaType.String },
            },
        };

    private sealed record Part(string? Type, string? Text);
}
