using System.Globalization;
using GraphQL.Types;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.GraphQL.Types;

/// <summary>A time, in the format of the whole API.</summary>
internal sealed class UtcDateTimeType : ScalarGraphType
{
    public UtcDateTimeType()
    {
        Name = "DateTime";
        Description = "A time in UTC as RFC 3339 writes it, such as `2026-11-24T03:00:00.123456Z`.";
    }

    public override object? Serialize(object? value) =>
        value switch
        {
            null => null,
            DateTimeOffset time => time.UtcDateTime.ToString(QrAiJson.TimeFormat, CultureInfo.InvariantCulture),
            _ => ThrowSerializationError(value),
        };

    // No argument has this type.
    public override object? ParseValue(object? value) => value is null ? null : ThrowValueConversionError(value);
}
