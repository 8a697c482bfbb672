using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace QrAi.Infrastructure.Llm;

/// <summary>Reads members of JSON, and goes past what is of another kind than expected.</summary>
/// <param name="text">Collects texts.</param>
internal readonly struct LenientJson(TextBuffer text)
{
    /// <summary>Goes on to the next member of an object; false at its end.</summary>
    public static bool ReadName(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>Goes on to a member's value, and past one that is of another kind.</summary>
    public static bool ReadStart(ref Utf8JsonReader json, JsonTokenType kind)
    {
        json.Read();
        if (json.TokenType == kind)
            return true;
        json.Skip();
        return false;
    }

    /// <summary>A whole number as <c>7</c>, <c>7.0</c> or <c>"7"</c>; null if it is none.</summary>
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

    /// <summary>Whether the member that is read has a name.</summary>
    public bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        if (!json.ValueIsEscaped)
            return json.ValueSpan.SequenceEqual(name);
        var start = text.Length;
        text.Append(json.ValueSpan, isEscaped: true);
        return Ascii.Equals(name, text.Take(start, text.Length));
    }

    /// <summary>The name of the member that is read; null if it is empty.</summary>
    public string? TakeName(ref Utf8JsonReader json)
    {
        var start = text.Length;
        text.Append(json.ValueSpan, json.ValueIsEscaped);
        return text.Length > start ? text.Take(start, text.Length) : null;
    }

    /// <summary>A member's text, apart from those that are collected; null if it is none, or empty.</summary>
    public string? ReadText(ref Utf8JsonReader json)
    {
        json.Read();
        return TakeText(ref json);
    }

    /// <summary>The text of a value that has been read; null if it is none, or empty.</summary>
    public string? TakeText(ref Utf8JsonReader json)
    {
        var start = text.Length;
        AppendText(ref json);
        return text.Length > start ? text.Take(start, text.Length) : null;
    }

    /// <summary>Collects the text of a value that has been read, or goes past what is none.</summary>
    public void AppendText(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.String)
            text.Append(json.ValueSpan, json.ValueIsEscaped);
        else
            json.Skip();
    }
}
