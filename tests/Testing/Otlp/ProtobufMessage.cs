using System.Buffers.Binary;
using System.Text;

namespace QrAi.Tests.Testing.Otlp;

/// <summary>
/// A protocol buffers message, read without its schema
/// (https://protobuf.dev/programming-guides/encoding/): numbered fields, each of which can be repeated.
/// </summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    /// <exception cref="InvalidDataException">The bytes are not a message.</exception>
    public ProtobufMessage(ReadOnlyMemory<byte> bytes)
    {
        for (var rest = bytes; !rest.IsEmpty; )
        {
            var key = Varint(ref rest);
            var field = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    _fields.Add((field, Varint(ref rest), default));
                    break;
                case 1:
                    _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref rest, 8).Span), default));
                    break;
                case 2:
                    _fields.Add((field, 0, Take(ref rest, checked((int)Varint(ref rest)))));
                    break;
                case 5:
                    _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref rest, 4).Span), default));
                    break;
                default:
                    throw new InvalidDataException($"Unknown wire type {key & 7}.");
            }
        }
    }

    public bool Has(int field) => _fields.Exists(one => one.Field == field);

    public IEnumerable<ProtobufMessage> Messages(int field) =>
        _fields.Where(one => one.Field == field).Select(one => new ProtobufMessage(one.Bytes));

    public ReadOnlyMemory<byte> Bytes(int field) => _fields.Find(one => one.Field == field).Bytes;

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field).Span);

    public ulong Number(int field) => _fields.Find(one => one.Field == field).Number;

    public double Double(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> rest, int length)
    {
        if (length > rest.Length)
            throw new InvalidDataException("The message is truncated.");
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> rest)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(ref rest, 1).Span[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException("A number has more than 64 bits.");
    }
}
