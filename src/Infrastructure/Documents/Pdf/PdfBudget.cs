using QrAi.Application.Documents;
using QrAi.Domain.Documents;

namespace QrAi.Infrastructure.Documents.Pdf;

/// <summary>What reading a PDF may still cost. PdfPig cannot be cancelled; its extension points check the budget instead.</summary>
/// <param name="limits">The limits.</param>
/// <param name="cancellationToken">Stops reading.</param>
internal sealed class PdfBudget(DocumentLimits limits, CancellationToken cancellationToken)
{
    private const int MaxFormDepth = 32;

    private long _pageBytes;

    private long _characters;

    private int _formDepth;

    /// <summary>The number of bytes that one stream may unpack to.</summary>
    public int StreamBytes => limits.StreamBytes;

    /// <summary>The depth of nested objects.</summary>
    public int Depth => limits.Depth;

    /// <summary>Stops reading if it is cancelled.</summary>
    public void Check() => cancellationToken.ThrowIfCancellationRequested();

    /// <summary>Begins a page.</summary>
    public void BeginPage()
    {
        Check();
        _pageBytes = 0;
    }

    /// <summary>Counts bytes that a stream unpacked to.</summary>
    /// <param name="bytes">The number of bytes.</param>
    public void AddBytes(long bytes)
    {
        Check();
        if (bytes > limits.StreamBytes || (_pageBytes += bytes) > limits.PageBytes)
            throw TooLarge();
    }

    /// <summary>Counts the characters of a glyph. White space counts too: a page may have nothing else.</summary>
    /// <param name="characters">The number of characters.</param>
    public void AddCharacters(int characters)
    {
        Check();
        if ((_characters += Math.Max(characters, 1)) > limits.Characters)
            throw TooLarge();
    }

    /// <summary>Enters a form, which is a page's content within its content. Forms may contain each other in a circle.</summary>
    public void EnterForm()
    {
        Check();
        if (++_formDepth > MaxFormDepth)
            throw TooLarge();
    }

    /// <summary>Leaves a form.</summary>
    public void LeaveForm() => _formDepth--;

    /// <summary>Returns the exception for an exceeded limit.</summary>
    public static DocumentUnreadableException TooLarge() => new(DocumentError.TooLarge);
}
