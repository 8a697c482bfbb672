using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using QrAi.Application.Idempotency;

namespace QrAi.WebApi.Http;

/// <summary>The JSON format: camelCase, enumerations as strings, UTC times, no unknown members in requests.</summary>
internal static class QrAiJson
{
    /// <summary>The format of times: RFC 3339 in UTC, in microseconds, the precision of the databases.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'";

    public static void Configure(JsonSerializerOptions json)
    {
        json.PropertyNameCaseInsensitive = false;
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.AllowDuplicateProperties = false;
        json.NumberHandling = JsonNumberHandling.Strict;
        // Responses are never embedded in HTML: other scripts stay readable and short.
        json.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        json.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        json.Converters.Add(new UtcTimeConverter());
        json.TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(HideIdempotencyKey);
    }

    /// <summary>Removes the key, which is a header: in a body it is an unknown member.</summary>
    private static void HideIdempotencyKey(JsonTypeInfo type)
    {
        if (!type.Type.IsAssignableTo(typeof(IIdempotentRequest)))
            return;
        foreach (var property in type.Properties.Where(one => one.PropertyType == typeof(IdempotencyKey)).ToList())
            type.Properties.Remove(property);
    }

    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            Span<byte> text = stackalloc byte[32];
            value.UtcDateTime.TryFormat(text, out var length, TimeFormat, CultureInfo.InvariantCulture);
            writer.WriteStringValue(text[..length]);
        }
    }
}
