using Ardalis.GuardClauses;
using QrAi.Domain.Callers;
using QrAi.Domain.Text;

namespace QrAi.Domain.Documents;

/// <summary>A file that questions are answered from. A worker reads its text after it was stored.</summary>
public sealed class Document : ISharable
{
    /// <summary>The maximum length of the name of a file, in code points.</summary>
    public const int MaxNameLength = 255;

    /// <summary>The maximum length of a title, in code points. A longer one is truncated.</summary>
    public const int MaxTitleLength = 300;

    /// <summary>The number of times that another process continues to read a file before the document fails.</summary>
    public const int MaxTakeovers = 3;

    /// <summary>The length of a SHA-256 in hexadecimal digits.</summary>
    public const int HashLength = 64;

    private Document() { }

    /// <summary>A version 7 UUID.</summary>
    public Guid Id { get; private init; }

    /// <summary>The owner.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>Whether all owners can read the document.</summary>
    public bool IsShared { get; private init; }

    /// <summary>The name of the file.</summary>
    public string Name { get; private init; } = "";

    /// <summary>The title: the one that the file states, or its name without the extension.</summary>
    public string Title { get; private set; } = "";

    /// <summary>The name and the title in the form that lists compare.</summary>
    public string FoldedNames { get; private set; } = "";

    /// <summary>The media type, as the content shows it.</summary>
    public string MediaType { get; private init; } = "";

    /// <summary>The size of the file, in bytes.</summary>
    public long Size { get; private init; }

    /// <summary>The SHA-256 of the file, as 64 hexadecimal digits.</summary>
    public string Sha256 { get; private init; } = "";

    /// <summary>The state.</summary>
    public DocumentStatus Status { get; private set; }

    /// <summary>The number of pages; null if the file has none, or is not read yet.</summary>
    public int? Pages { get; private set; }

    /// <summary>The number of passages; null unless the document is ready.</summary>
    public int? Passages { get; private set; }

    /// <summary>Why the file could not be read; null unless the document failed.</summary>
    public DocumentError? Error { get; private set; }

    /// <summary>
    /// The place among all queued documents. That of an owner's next document is behind the owner's previous one, and not before
    /// the one that is read now, so that owners take turns.
    /// </summary>
    public long QueueNumber { get; private init; }

    /// <summary>The worker that reads the file; null for none.</summary>
    public Guid? WorkerId { get; private set; }

    /// <summary>The number of workers that died while they read the file.</summary>
    public int Takeovers { get; private set; }

    /// <summary>The time of creation.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>The time of the last change.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Creates a document that waits to be read.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="file">The file.</param>
    /// <param name="isShared">Whether all owners can read the document.</param>
    /// <param name="queueNumber">The place among all queued documents.</param>
    /// <param name="now">The current time.</param>
    /// <exception cref="ArgumentException">If the name is invalid.</exception>
    public static Document Add(string owner, DocumentFile file, bool isShared, long queueNumber, DateTimeOffset now)
    {
        Guard.Against.NullOrWhiteSpace(owner);
        Guard.Against.InvalidText(file.Name, MaxNameLength, nameof(file.Name));
        var document = new Document
        {
            Id = Guid.CreateVersion7(now),
            Owner = owner,
            IsShared = isShared,
            Name = file.Name,
            MediaType = file.MediaType,
            Size = file.Size,
            Sha256 = file.Sha256,
            QueueNumber = queueNumber,
            CreatedAt = now,
            UpdatedAt = now,
        };
        document.SetTitle(Path.GetFileNameWithoutExtension(file.Name) is { Length: > 0 } title ? title : file.Name);
        return document;
    }

    /// <summary>Completes the document with what was read.</summary>
    /// <param name="title">The title that the file states; null for none.</param>
    /// <param name="pages">The number of pages; null for a file without pages.</param>
    /// <param name="passages">The number of passages, at least 1.</param>
    /// <param name="now">The current time.</param>
    public void Complete(string? title, int? pages, int passages, DateTimeOffset now)
    {
        Guard.Against.NegativeOrZero(passages);
        if (!string.IsNullOrWhiteSpace(title))
            SetTitle(title);
        (Pages, Passages) = (pages, passages);
        End(DocumentStatus.Ready, now);
    }

    /// <summary>Fails the document.</summary>
    /// <param name="error">The reason.</param>
    /// <param name="now">The current time.</param>
    public void Fail(DocumentError error, DateTimeOffset now)
    {
        Error = error;
        End(DocumentStatus.Failed, now);
    }

    /// <summary>Queues the document to be read again. What was read before stays until then.</summary>
    /// <param name="now">The current time.</param>
    public void ReadAgain(DateTimeOffset now)
    {
        (Error, Takeovers) = (null, 0);
        End(DocumentStatus.Queued, now);
    }

    /// <summary>Queues the document again in its place, because its worker stops.</summary>
    /// <param name="now">The current time.</param>
    public void Release(DateTimeOffset now) => End(DocumentStatus.Queued, now);

    private void SetTitle(string title)
    {
        Title = UnicodeText.Truncate(UnicodeText.ToStorable(title.Trim()), MaxTitleLength);
        FoldedNames = UnicodeText.FoldCase($"{Title}\n{Name}");
    }

    private void End(DocumentStatus status, DateTimeOffset now) => (Status, WorkerId, UpdatedAt) = (status, null, now);
}
