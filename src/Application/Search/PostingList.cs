using System.Buffers.Binary;

namespace QrAi.Application.Search;

/// <summary>A passage that contains a term.</summary>
/// <param name="PassageId">The passage.</param>
/// <param name="Weight">The weight of the term in it, from <see cref="PassageTerms"/>.</param>
internal readonly record struct Posting(long PassageId, byte Weight);

/// <summary>
/// Writes and reads blocks of posting lists. A block is a sequence of lists in the order of their terms: the term (4 bytes), the
/// number of postings and of the bytes that follow (variable length), and for each posting the difference to the previous
/// passage (variable length) and the weight (1 byte).
/// </summary>
internal static class PostingList
{
    /// <summary>Appends a list to a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="term">The term, greater than those of earlier lists.</param>
    /// <param name="postings">The postings, by passage.</param>
    public static void Write(List<byte> block, uint term, List<Posting> postings)
    {
        Span<byte> header = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(header, term);
        block.AddRange(header);

        var body = new List<byte>(postings.Count * 3);
        var previous = 0L;
        foreach (var posting in postings)
        {
            WriteNumber(body, (ulong)(posting.PassageId - previous));
            body.Add(posting.Weight);
            previous = posting.PassageId;
        }

        WriteNumber(block, (ulong)postings.Count);
        WriteNumber(block, (ulong)body.Count);
        block.AddRange(body);
    }

    /// <summary>Reads the header of the next list of a block.</summary>
    /// <param name="block">The block from the list on; afterwards from the next list on.</param>
    /// <returns>The term, the number of its postings, and their bytes for <see cref="Read"/>.</returns>
    public static (uint Term, int Count, ReadOnlyMemory<byte> Body) ReadHeader(ref ReadOnlyMemory<byte> block)
    {
        var span = block.Span;
        var term = BinaryPrimitives.ReadUInt32LittleEndian(span);
        var position = sizeof(uint);
        var count = (int)ReadNumber(span, ref position);
        var length = (int)ReadNumber(span, ref position);
        var body = block.Slice(position, length);
        block = block[(position + length)..];
        return (term, count, body);
    }

    /// <summary>Reads the next posting of a list.</summary>
    /// <param name="body">The bytes of the list.</param>
    /// <param name="position">The position in the bytes, from 0.</param>
    /// <param name="previous">The passage of the previous posting, or 0.</param>
    public static Posting Read(ReadOnlySpan<byte> body, ref int position, long previous)
    {
        var passage = previous + (long)ReadNumber(body, ref position);
        return new Posting(passage, body[position++]);
    }

    private static void WriteNumber(List<byte> bytes, ulong number)
    {
        for (; number >= 0x80; number >>= 7)
            bytes.Add((byte)(number | 0x80));
        bytes.Add((byte)number);
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> bytes, ref int position)
    {
        ulong number = bytes[position++];
        return number < 0x80 ? number : ReadRest(bytes, ref position, number & 0x7f);
    }

    private static ulong ReadRest(ReadOnlySpan<byte> bytes, ref int position, ulong number)
    {
        for (var shift = 7; ; shift += 7)
        {
            var part = bytes[position++];
            number |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return number;
        }
    }
}
