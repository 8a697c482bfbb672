namespace QrAi.Domain.Documents;

/// <summary>Why the text of a document could not be read.</summary>
/// <param name="Code">A stable code, such as <c>no_text</c>.</param>
/// <param name="Message">The cause and what to do, for the owner of the document. It quotes nothing of the text.</param>
public sealed record DocumentError(string Code, string Message)
{
    /// <summary>The file is damaged, or is not what its beginning promises.</summary>
    public static DocumentError Unreadable { get; } =
        new("unreadable", "The file is damaged or not of its format. Save it again with the program that wrote it.");

    /// <summary>The file is encrypted.</summary>
    public static DocumentError Encrypted { get; } =
        new("encrypted", "The file is protected by a password. Save it without one.");

    /// <summary>There is no text, as in a scan.</summary>
    public static DocumentError NoText { get; } =
        new("no_text", "The file has no text. If it is a scan, run text recognition (OCR) on it first.");

    /// <summary>The file has too many pages, is nested too deeply, or unpacks to too much.</summary>
    public static DocumentError TooLarge { get; } =
        new("too_large", "The content of the file exceeds what is read of one. Split it into several files.");

    /// <summary>Reading the file took too long.</summary>
    public static DocumentError TimedOut { get; } =
        new("timed_out", "Reading the file took too long. Split it into several files.");

    /// <summary>The process ended repeatedly while it read the file.</summary>
    public static DocumentError Interrupted { get; } =
        new("interrupted", "Reading the file was interrupted too often. Add it again, or split it into several files.");
}
