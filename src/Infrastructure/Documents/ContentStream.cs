using System.Runtime.InteropServices;

namespace QrAi.Infrastructure.Documents;

/// <summary>Opens the content of a file as a stream.</summary>
internal static class ContentStream
{
    /// <summary>Opens a content for reading. It is copied only if no array backs it.</summary>
    /// <param name="content">The content.</param>
    public static MemoryStream OpenRead(this ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
}
