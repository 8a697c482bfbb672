using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace QrAi.WebApi.GraphQL;

/// <summary>A response would be larger than any may be.</summary>
/// <param name="maxLength">The most bytes.</param>
internal sealed class ResponseTooLargeException(int maxLength)
    : Exception($"The response would have more than {maxLength} bytes: ask for fewer fields, or for smaller pages.");

/// <summary>Measures what is written into it, keeps nothing of it, and refuses more than a bound.</summary>
/// <param name="maxLength">The bound.</param>
internal sealed class BoundedMeasure(int maxLength) : IBufferWriter<byte>
{
    private byte[] _scratch = new byte[4096];

    /// <summary>How much it was.</summary>
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

    [ExcludeFromCodeCoverage(Justification = "The writer of JSON asks for memory.")]
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
