using QrAi.Application.Usage;

namespace QrAi.Tests.Unit.Support;

/// <summary>Counts words, so that tests can count too.</summary>
internal sealed class WordCounter : ITokenCounter
{
    public int Count(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
}
