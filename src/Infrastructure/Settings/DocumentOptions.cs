namespace QrAi.Infrastructure.Settings;

/// <summary>The limits of documents, and of what an answer is given of them.</summary>
public sealed record DocumentOptions
{
    private const int Mebibyte = 1024 * 1024;

    /// <summary>The maximum size of a file, in bytes: 1–200 MiB.</summary>
    public required int MaxSize { get; init; }

    /// <summary>The maximum time for reading a file: 5–3,600 s.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The maximum number of passages that an answer is given: 0–20.</summary>
    public required int AnswerPassages { get; init; }

    internal static DocumentOptions Read(SettingsReader settings) =>
        new()
        {
            MaxSize = settings.WholeNumber("DOCUMENT_MAX_MIB", 32, 1, 200) * Mebibyte,
            Timeout = settings.Seconds("DOCUMENT_TIMEOUT_SECONDS", 120, 5, 3_600),
            AnswerPassages = settings.WholeNumber("ANSWER_PASSAGES", 6, 0, 20),
        };
}
