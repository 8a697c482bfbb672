using System.Buffers;
using System.Globalization;

namespace QrAi.Application.Documents;

/// <summary>Splits long text at the ends of sentences, of Japanese and Chinese as well as of languages with spaces.</summary>
internal static class SentenceSplitter
{
    private const string Ends = "。！？!?．｡";
    private static readonly SearchValues<char> Pauses = SearchValues.Create(" \t、，,;；");
    private const string Closers = "」』）)］]】\"'”’";

    /// <summary>Splits a text into parts of a maximum length, each of whole sentences where they are short enough.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The maximum length, in UTF-16 code units. Only a longer grapheme exceeds it.</param>
    /// <returns>The parts, which together are the text.</returns>
    public static IEnumerable<string> Split(string text, int maxLength)
    {
        var (start, end) = (0, 0);
        while (start < text.Length)
        {
            var next = EndOfSentence(text, end);
            if (next - start <= maxLength && next > end)
            {
                end = next;
                if (end < text.Length)
                    continue;
            }

            if (end == start)
                end = EndWithin(text, start, Math.Min(next, text.Length), maxLength);
            yield return text[start..end];
            start = end;
        }
    }

    /// <summary>Returns the end of the sentence at a position, with the spaces that follow.</summary>
    private static int EndOfSentence(string text, int start)
    {
        for (var i = start; i < text.Length; i++)
        {
            var character = text[i];
            var isEnd =
                character == '\n'
                || Ends.Contains(character)
                || character == '.' && (i + 1 == text.Length || char.IsWhiteSpace(text[i + 1]));
            if (!isEnd)
                continue;
            for (i++; i < text.Length && (Ends.Contains(text[i]) || Closers.Contains(text[i])); )
                i++;
            while (i < text.Length && char.IsWhiteSpace(text[i]))
                i++;
            return i;
        }

        return text.Length;
    }

    /// <summary>Returns an end within a sentence that is too long: after a space or a comma, else between two graphemes.</summary>
    private static int EndWithin(string text, int start, int sentenceEnd, int maxLength)
    {
        var limit = Math.Min(start + maxLength, sentenceEnd);
        if (limit == sentenceEnd && sentenceEnd - start <= maxLength)
            return sentenceEnd;
        var pause = text.AsSpan(start, limit - start).LastIndexOfAny(Pauses);
        if (pause >= maxLength / 2)
            return start + pause + 1;

        var end = start;
        do
        {
            var next = end + StringInfo.GetNextTextElementLength(text, end);
            if (next > limit && end > start)
                break;
            end = next;
        } while (end < limit);
        return end;
    }
}
