using QrAi.Application.Embeddings;

namespace QrAi.Tests.Unit.Application.Embeddings;

public sealed class QuantizedVectorTests
{
    [TestCase(8)]
    [TestCase(384)]
    [TestCase(1_000)]
    [TestCase(3_072)]
    public void Similarities_are_those_of_the_exact_vectors_within_a_hundredth(int dimension)
    {
        var random = new Random(dimension);
        for (var run = 0; run < 200; run++)
        {
            var one = Vector(random, dimension);
            // Similar to any degree.
            var (other, part) = (Vector(random, dimension), random.NextSingle());
            for (var i = 0; i < dimension; i++)
                other[i] = part * one[i] + (1 - part) * other[i];

            ((double)Similarity(one, other)).ShouldBe(Cosine(one, other), 0.01);
        }
    }

    [Test]
    public void The_ranking_of_random_vectors_is_nearly_that_of_the_exact_ones()
    {
        const int Dimension = 1_024;
        var random = new Random(1);
        var vectors = Enumerable.Range(0, 2_000).Select(_ => Vector(random, Dimension)).ToList();
        var (found, wanted) = (0, 0);
        for (var run = 0; run < 20; run++)
        {
            var query = Vector(random, Dimension);
            var exact = vectors.OrderByDescending(vector => Cosine(vector, query)).Take(10).ToHashSet();
            found += vectors.OrderByDescending(vector => Similarity(vector, query)).Take(10).Count(exact.Contains);
            wanted += exact.Count;
        }

        ((double)found / wanted).ShouldBeGreaterThan(0.95);
    }

    [Test]
    public void The_length_of_a_vector_does_not_matter()
    {
        Similarity([1, 2, 3], [2, 4, 6]).ShouldBe(1, 0.01);
        Similarity([1, 2, 3], [-1, -2, -3]).ShouldBe(-1, 0.01);
        Similarity([1e-30f, 0], [3e38f, 0]).ShouldBe(1, 0.01);
        Similarity([1, 0], [0, 1]).ShouldBe(0);
    }

    [Test]
    public void A_vector_without_a_direction_is_similar_to_none() => Similarity([0, 0, 0], [1, 2, 3]).ShouldBe(0);

    [Test]
    public void The_format_is_stored_and_does_not_change()
    {
        var bytes = new byte[QuantizedVector.SizeOf(3)];
        QuantizedVector.Write([3, -4, 0], bytes);

        bytes.ShouldBe([0xA0, 0x69, 0xCE, 0x3B, 95, 129, 0]);
    }

    private static float Similarity(float[] one, float[] other) => QuantizedVector.Similarity(Write(one), Write(other));

    private static byte[] Write(float[] vector)
    {
        var bytes = new byte[QuantizedVector.SizeOf(vector.Length)];
        QuantizedVector.Write(vector, bytes);
        return bytes;
    }

    private static double Cosine(float[] one, float[] other) =>
        Product(one, other) / Math.Sqrt(Product(one, one) * Product(other, other));

    private static double Product(float[] one, float[] other) => one.Zip(other, (a, b) => (double)a * b).Sum();

    private static float[] Vector(Random random, int dimension) =>
        [.. Enumerable.Range(0, dimension).Select(_ => (random.NextSingle() + random.NextSingle() - 1) * 3)];
}
