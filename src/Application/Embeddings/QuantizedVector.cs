using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace QrAi.Application.Embeddings;

/// <summary>
/// Vectors of length 1 in one byte a component: a scale (a little-endian <see cref="float"/>) and the components in steps of it.
/// The format is stored.
/// </summary>
internal static class QuantizedVector
{
    private const int ScaleSize = sizeof(float);

    /// <summary>Returns the size of a vector, in bytes.</summary>
    /// <param name="dimension">The number of components.</param>
    public static int SizeOf(int dimension) => ScaleSize + dimension;

    /// <summary>Scales a vector to length 1, and writes it. A vector without a direction is similar to none.</summary>
    /// <param name="vector">The finite components.</param>
    /// <param name="target">As many bytes as <see cref="SizeOf"/> returns.</param>
    public static void Write(ReadOnlySpan<float> vector, Span<byte> target)
    {
        // A division by the largest component comes first: the square of a large one is infinite.
        var max = Math.Abs(TensorPrimitives.MaxMagnitude(vector));
        if (max == 0)
        {
            target.Clear();
            return;
        }

        Span<float> steps = new float[vector.Length];
        TensorPrimitives.Divide(vector, max, steps);
        BinaryPrimitives.WriteSingleLittleEndian(target, 1 / (TensorPrimitives.Norm<float>(steps) * sbyte.MaxValue));
        TensorPrimitives.Multiply(steps, sbyte.MaxValue, steps);
        TensorPrimitives.Round<float>(steps, steps);
        TensorPrimitives.ConvertTruncating<float, sbyte>(steps, ComponentsOf(target));
    }

    /// <summary>Returns the cosine of the angle between two vectors of one dimension.</summary>
    public static float Similarity(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        BinaryPrimitives.ReadSingleLittleEndian(one)
        * BinaryPrimitives.ReadSingleLittleEndian(other)
        * Dot(MemoryMarshal.Cast<byte, sbyte>(one[ScaleSize..]), MemoryMarshal.Cast<byte, sbyte>(other[ScaleSize..]));

    private static Span<sbyte> ComponentsOf(Span<byte> vector) => MemoryMarshal.Cast<byte, sbyte>(vector[ScaleSize..]);

    /// <summary>Returns the product of two vectors, which <c>TensorPrimitives.Dot</c> would compute in one byte.</summary>
    private static int Dot(ReadOnlySpan<sbyte> one, ReadOnlySpan<sbyte> other)
    {
        var sums = Vector256<int>.Zero;
        var position = 0;
        for (; position <= one.Length - Vector256<sbyte>.Count; position += Vector256<sbyte>.Count)
        {
            var (oneLower, oneUpper) = Vector256.Widen(Vector256.Create(one[position..]));
            var (otherLower, otherUpper) = Vector256.Widen(Vector256.Create(other[position..]));
            // The sum of two products is at most 2 · 127², which 16 bits hold.
            var (lower, upper) = Vector256.Widen(oneLower * otherLower + oneUpper * otherUpper);
            sums += lower + upper;
        }

        var sum = Vector256.Sum(sums);
        for (; position < one.Length; position++)
            sum += one[position] * other[position];
        return sum;
    }
}
