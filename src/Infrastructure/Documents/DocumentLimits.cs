namespace QrAi.Infrastructure.Documents;

/// <summary>What is read of one file. A file that exceeds a limit fails as <c>too_large</c>.</summary>
internal sealed record DocumentLimits
{
    /// <summary>The limits of the service.</summary>
    public static DocumentLimits Default { get; } = new();

    /// <summary>The number of characters of all blocks together.</summary>
    public int Characters { get; init; } = 20_000_000;

    /// <summary>The number of blocks. A block costs memory beside its text, which may be a single character.</summary>
    public int Blocks { get; init; } = 2_000_000;

    /// <summary>The number of pages.</summary>
    public int Pages { get; init; } = 5_000;

    /// <summary>The depth of nested elements.</summary>
    public int Depth { get; init; } = 256;

    /// <summary>The number of elements of an HTML document, including those that the parser adds.</summary>
    public int Elements { get; init; } = 3_000_000;

    /// <summary>The number of parts of an archive.</summary>
    public int Parts { get; init; } = 10_000;

    /// <summary>The number of bytes that an archive unpacks to.</summary>
    public long UnpackedBytes { get; init; } = 256L << 20;

    /// <summary>The number of bytes that one stream of a PDF unpacks to.</summary>
    public int StreamBytes { get; init; } = 64 << 20;

    /// <summary>The number of bytes that all streams of one page unpack to.</summary>
    public long PageBytes { get; init; } = 128L << 20;
}
