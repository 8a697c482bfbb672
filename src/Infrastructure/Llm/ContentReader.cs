using System.Text.Json;

namespace QrAi.Infrastructure.Llm;

/// <summary>Reads the <c>content</c> of a message: a text, or a list of parts, some of which are texts.</summary>
/// <param name="text">Receives the text.</param>
/// <param name="lenient">Reads members and texts.</param>
internal sealed class ContentReader(TextBuffer text, LenientJson lenient)
{
    /// <summary>Reads the value and appends its text to the buffer.</summary>
    public void Read(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            lenient.AppendText(ref json);
            return;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            if (json.TokenType == JsonTokenType.StartObject)
                ReadPart(ref json);
            else
                json.Skip();
    }

    private void ReadPart(ref Utf8JsonReader json)
    {
        var (start, isText) = (text.Length, true);
        while (LenientJson.ReadName(ref json))
            if (lenient.Is(ref json, "text"u8))
            {
                text.Truncate(start);
                json.Read();
                lenient.AppendText(ref json);
            }
            else if (lenient.Is(ref json, "type"u8))
            {
                json.Read();
                isText = json.TokenType != JsonTokenType.String || json.ValueSpan.SequenceEqual("text"u8);
                json.Skip();
            }
            else
                json.Skip();
        if (!isText)
            text.Truncate(start);
    }
}
