using Microsoft.ML.Tokenizers;
using QrAi.Application.Usage;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Counts tokens by the vocabulary of OpenAI's current models, which estimates those of other models. The vocabulary is loaded
/// when the first count is needed.
/// </summary>
internal sealed class TokenCounter : ITokenCounter
{
    /// <summary>
    /// The length of the parts that are counted. The time of a text without spaces grows with the square of its length; a border
    /// adds at most a token.
    /// </summary>
    private const int PartLength = 1_000;

    private readonly Lazy<Tokenizer> _tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    public int Count(string text)
    {
        var count = 0;
        for (var start = 0; start < text.Length; start += PartLength)
            count += _tokenizer.Value.CountTokens(
                text.AsSpan(start, Math.Min(PartLength, text.Length - start)),
                considerPreTokenization: true,
                considerNormalization: false
            );
        return count;
    }
}
