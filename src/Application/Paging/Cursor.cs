using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using QrAi.Application.Errors;

namespace QrAi.Application.Paging;

/// <summary>
/// Writes and reads cursors: the sort key of the last item of a page, with a checksum over it and the name of the list. The
/// checksum detects cursors of other lists and invalid ones. A cursor is not a secret, so the checksum has no key.
/// </summary>
public static class Cursor
{
    private const int ChecksumLength = 8;

    /// <summary>Writes a cursor of a time and an id.</summary>
    /// <param name="list">The name of the list, including its filters.</param>
    /// <param name="time">The time in the sort key, to the microsecond.</param>
    /// <param name="id">The id in the sort key.</param>
    public static string Write(string list, DateTimeOffset time, Guid id)
    {
        Span<byte> payload = stackalloc byte[24];
        BinaryPrimitives.WriteInt64BigEndian(payload, time.UtcTicks);
        id.TryWriteBytes(payload[8..]);
        return Seal(list, payload);
    }

    /// <summary>Writes a cursor of a number.</summary>
    /// <param name="list">The name of the list.</param>
    /// <param name="number">The sort key.</param>
    public static string Write(string list, int number)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        return Seal(list, payload);
    }

    /// <summary>Reads a cursor of a time and an id.</summary>
    /// <param name="list">The name of the list.</param>
    /// <param name="cursor">The caller's cursor.</param>
    /// <exception cref="InvalidRequestException">If it is not a cursor of the list.</exception>
    public static (DateTimeOffset Time, Guid Id) ReadTimeAndId(string list, string cursor)
    {
        var payload = Open(list, cursor, 24);
        var ticks = BinaryPrimitives.ReadInt64BigEndian(payload);
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
            ? (new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(payload.AsSpan(8)))
            : throw Refusal();
    }

    /// <summary>Reads a cursor of a number.</summary>
    /// <param name="list">The name of the list.</param>
    /// <param name="cursor">The caller's cursor.</param>
    /// <exception cref="InvalidRequestException">If it is not a cursor of the list.</exception>
    public static int ReadNumber(string list, string cursor) =>
        BinaryPrimitives.ReadInt32BigEndian(Open(list, cursor, 4));

    private static string Seal(string list, ReadOnlySpan<byte> payload) =>
        Base64Url.EncodeToString([.. payload, .. Checksum(list, payload)]);

    private static byte[] Open(string list, string cursor, int length)
    {
        Span<byte> bytes = stackalloc byte[length + ChecksumLength];
        if (
            Base64Url.DecodeFromChars(cursor, bytes, out _, out var decoded) == OperationStatus.Done
            && decoded == bytes.Length
            && Checksum(list, bytes[..length]).AsSpan().SequenceEqual(bytes[length..])
        )
            return bytes[..length].ToArray();

        throw Refusal();
    }

    private static InvalidRequestException Refusal() => new("cursor", "must be a nextCursor of this list");

    private static byte[] Checksum(string list, ReadOnlySpan<byte> payload) =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(list), 0, .. payload])[..ChecksumLength];
}
