namespace QrAi.Application.Documents;

/// <summary>The limit of the size of files.</summary>
/// <param name="MaxSize">The maximum size of a file, in bytes, 1–200 MiB.</param>
public sealed record DocumentSizeLimit(int MaxSize);
