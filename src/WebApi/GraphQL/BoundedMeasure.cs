using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace QrAi.WebApi.GraphQL;

/// <summary>A response would exceed the maximum size.</summary>
/// <param name="maxLength">The maximum size, in bytes.</param>
internal sealed class ResponseTooLargeException(int maxLength)
    : Exception($"The response would have more than {maxLength} bytes: ask for fewer fields, or for smaller pages.");

/// <summary>Counts the bytes that are written, without storing them, and throws above a maximum.</summary>
/// <param name="maxLength">The maximum, in bytes.</param>
internal sealed class BoundedMeasure(int maxLength) : IBufferWriter<byte>
{
    private byte[] _scratch = new byte[4096];

    /// <summary>The number of bytes written.</summary>
    public int Length { get; private set; }

    public void Advance(int count)
    {
        if (count > maxLength - Length)
            throw new ResponseTooLargeException(maxLength);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_scratch.Length < sizeHint)
            _scratch = new byte[sizeHint];
        return _scratch;
    }

    [ExcludeFromCodeCoverage(Justification = "Utf8JsonWriter calls GetMemory.")]
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
