using System.Text;
using System.Text.Json;
using QrAi.Harness;

namespace QrAi.SearchProof;

/// <summary>A passage to find.</summary>
internal sealed record Passage(string Id, string Title, string Text);

/// <summary>A question, and the passage that answers it.</summary>
internal sealed record Question(string Text, string Passage);

/// <summary>Passages and questions to measure a search with.</summary>
internal sealed record Corpus(IReadOnlyList<Passage> Passages, IReadOnlyList<Question> Questions)
{
    private static readonly char[] Ends = ['。', '.', '!', '?', '！', '？'];

    /// <summary>Reads a corpus.</summary>
    /// <param name="folder">The folder of its two files.</param>
    public static Corpus Read(string folder) =>
        new(
            [
                .. Lines(folder, "passages.jsonl")
                    .Select(line => new Passage(Of(line, "id"), Of(line, "title"), Of(line, "text"))),
            ],
            [
                .. Lines(folder, "questions.jsonl")
                    .Select(line => new Question(Of(line, "question"), Of(line, "passage"))),
            ]
        );

    /// <summary>Adds passages that are made of the sentences of others, which is harder than life.</summary>
    /// <param name="count">The number of passages to reach.</param>
    public Corpus FillTo(int count)
    {
        var sentences = Passages.SelectMany(passage => Sentences(passage.Text)).ToArray();
#pragma warning disable CA5394 // the same passages in every run
        var random = new Random(1);
        var passages = Passages.ToList();
        while (passages.Count < count)
        {
            var text = new StringBuilder();
            while (text.Length < 300)
                text.Append(sentences[random.Next(sentences.Length)]);
            passages.Add(
                new Passage(Text.Of($"f{passages.Count}"), Passages[random.Next(Passages.Count)].Title, text.ToString())
            );
        }
#pragma warning restore CA5394
        return this with { Passages = passages };
    }

    private static IEnumerable<string> Sentences(string text)
    {
        for (var start = 0; start < text.Length; )
        {
            var end = text.IndexOfAny(Ends, start) is >= 0 and var found ? found + 1 : text.Length;
            yield return text[start..end];
            start = end;
        }
    }

    private static IEnumerable<JsonElement> Lines(string folder, string name) =>
        File.ReadLines(Path.Combine(folder, name))
            .Where(line => line.Length > 0)
            .Select(line => JsonElement.Parse(line));

    private static string Of(JsonElement line, string member) => line.GetProperty(member).GetString()!;
}
