namespace QrAi.Domain.Documents;

/// <summary>A file as it was received.</summary>
/// <param name="Name">Its name, 1–255 characters.</param>
/// <param name="MediaType">Its media type, as its content shows it.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Sha256">Its SHA-256, as 64 hexadecimal digits.</param>
public sealed record DocumentFile(string Name, string MediaType, long Size, string Sha256);
