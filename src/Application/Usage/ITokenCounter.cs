namespace QrAi.Application.Usage;

/// <summary>Counts the tokens of texts, for providers that do not report them.</summary>
public interface ITokenCounter
{
    /// <summary>Returns the number of tokens of a text, by the vocabulary of current models.</summary>
    /// <param name="text">The text.</param>
    int Count(string text);
}
