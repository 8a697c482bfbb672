using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace QrAi.Infrastructure.Llm;

/// <summary>Reads the <c>tool_calls</c> of a chunk.</summary>
/// <param name="pieces">Collects the tool calls.</param>
internal sealed class ToolCallReader(AnswerPieces pieces)
{
    private readonly LenientJson _lenient = new(pieces.Text);

    // Created on demand: few answers have tool calls.
    private ToolCallNumbers? _numbers;

    /// <summary>Reads the tool calls, if there are any.</summary>
    /// <param name="json">A reader at the value of <c>tool_calls</c>.</param>
    public void Read(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            return;
        for (var isFirst = true; json.Read() && json.TokenType != JsonTokenType.EndArray; isFirst = false)
            if (json.TokenType == JsonTokenType.StartObject)
                ReadCall(ref json, isFirst);
            else
                json.Skip();
    }

    private void ReadCall(ref Utf8JsonReader json, bool isFirst)
    {
        var start = pieces.Text.Length;
        var (index, id, name) = ((long?)null, (string?)null, (string?)null);
        Dictionary<string, JsonElement>? more = null;
        while (LenientJson.ReadName(ref json))
            if (_lenient.Is(ref json, "index"u8))
                index = LenientJson.ReadNumber(ref json) is >= 0 and <= int.MaxValue and var number ? number : null;
            else if (_lenient.Is(ref json, "id"u8))
                id = _lenient.ReadText(ref json);
            else if (_lenient.Is(ref json, "function"u8))
                ReadFunction(ref json, start, ref name);
            else if (_lenient.Is(ref json, "type"u8))
                json.Skip();
            else
                ReadMore(ref json, ref more);

        _numbers ??= new ToolCallNumbers();
        var call = _numbers.Of(index, id, name is not null, isFirst);
        pieces.AddCall(start, call, id, name, more);
    }

    private void ReadFunction(ref Utf8JsonReader json, int argumentsStart, ref string? name)
    {
        if (!LenientJson.ReadStart(ref json, JsonTokenType.StartObject))
            return;
        while (LenientJson.ReadName(ref json))
            if (_lenient.Is(ref json, "name"u8))
                name = _lenient.ReadText(ref json);
            else if (_lenient.Is(ref json, "arguments"u8))
            {
                pieces.Text.Truncate(argumentsStart);
                json.Read();
                _lenient.AppendText(ref json);
            }
            else
                json.Skip();
    }

    /// <summary>Reads a provider's own member, such as a thought signature, which is sent back with the call's result.</summary>
    private void ReadMore(ref Utf8JsonReader json, ref Dictionary<string, JsonElement>? more)
    {
        var name = _lenient.TakeName(ref json);
        json.Read();
        if (name is null || json.TokenType == JsonTokenType.Null)
        {
            json.Skip();
            return;
        }

        var value = JsonElement.ParseValue(ref json);
        if (Utf8.IsValid(JsonMarshal.GetRawUtf8Value(value)))
            (more ??= [])[name] = value;
    }
}
