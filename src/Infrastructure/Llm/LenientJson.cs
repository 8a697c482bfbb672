using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace QrAi.Infrastructure.Llm;

/// <summary>Reads members of JSON, and skips values of an unexpected kind.</summary>
/// <param name="text">Collects texts.</param>
internal readonly struct LenientJson(TextBuffer text)
{
    /// <summary>Advances to the next member of an object; false at the object's end.</summary>
    public static bool ReadName(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>Advances to a member's value, and skips one of another kind.</summary>
    public static bool ReadStart(ref Utf8JsonReader json, JsonTokenType kind)
    {
        json.Read();
        if (json.TokenType == kind)
            return true;
        json.Skip();
        return false;
    }

    /// <summary>Reads a whole number written as <c>7</c>, <c>7.0</c> or <c>"7"</c>; null for any other value.</summary>
    public static long? ReadNumber(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
        if (json.TokenType is not (JsonTokenType.Number or JsonTokenType.String))
            return null;
        var digits = json.ValueSpan;
        if (Utf8Parser.TryParse(digits, out long whole, out var length) && length == digits.Length)
            return whole;
        return
            Utf8Parser.TryParse(digits, out double number, out length)
            && length == digits.Length
            && Math.Abs(number) <= int.MaxValue
            && number == Math.Truncate(number)
            ? (long)number
            : null;
    }

    /// <summary>Reads an amount written as <c>0.5</c>, <c>5e-1</c> or <c>"0.5"</c>; null for any other value, or below 0.</summary>
    public static decimal? ReadDecimal(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
        return
            json.TokenType is JsonTokenType.Number or JsonTokenType.String
            && decimal.TryParse(json.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount)
            && amount >= 0
            ? amount
            : null;
    }

    /// <summary>Whether the current member has the given name.</summary>
    public bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        if (!json.ValueIsEscaped)
            return json.ValueSpan.SequenceEqual(name);
        var start = text.Length;
        text.Append(json.ValueSpan, isEscaped: true);
        return Ascii.Equals(name, text.Take(start, text.Length));
    }

    /// <summary>Returns the name of the current member; null if it is empty.</summary>
    public string? TakeName(ref Utf8JsonReader json)
    {
        var start = text.Length;
        text.Append(json.ValueSpan, json.ValueIsEscaped);
        return text.Length > start ? text.Take(start, text.Length) : null;
    }

    /// <summary>Reads a member's text without collecting it; null if the value is no text, or empty.</summary>
    public string? ReadText(ref Utf8JsonReader json)
    {
        json.Read();
        return TakeText(ref json);
    }

    /// <summary>Returns the text of the current value; null if the value is no text, or empty.</summary>
    public string? TakeText(ref Utf8JsonReader json)
    {
        var start = text.Length;
        AppendText(ref json);
        return text.Length > start ? text.Take(start, text.Length) : null;
    }

    /// <summary>Collects the text of the current value, or skips a value that is no text.</summary>
    public void AppendText(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.String)
            text.Append(json.ValueSpan, json.ValueIsEscaped);
        else
            json.Skip();
    }
}
