using QrAi.Application.Embeddings;

namespace QrAi.Tests.Unit.Application.Embeddings;

/// <summary>The batches of a document.</summary>
public sealed class BatchTests
{
    [Test]
    public void A_batch_has_a_maximum_number_of_texts() =>
        DocumentEmbedder
            .Split(Enumerable.Repeat("text", 70))
            .Select(batch => batch.Count)
            .ShouldBe([DocumentEmbedder.MaxBatch, DocumentEmbedder.MaxBatch, 6]);

    [Test]
    public void A_batch_has_a_maximum_length() =>
        DocumentEmbedder
            .Split([.. Enumerable.Repeat(new string('x', DocumentEmbedder.MaxBatchLength / 4), 6)])
            .Select(batch => batch.Count)
            .ShouldBe([4, 2]);

    [Test]
    public void A_text_that_is_longer_than_a_batch_is_one_of_its_own() =>
        DocumentEmbedder
            .Split(["a", new string('x', DocumentEmbedder.MaxBatchLength + 1), "b"])
            .Select(batch => batch.Count)
            .ShouldBe([1, 1, 1]);

    [Test]
    public void All_texts_keep_their_order()
    {
        var texts = Enumerable.Range(0, 100).Select(number => $"{number}").ToList();

        DocumentEmbedder.Split(texts).SelectMany(batch => batch).ShouldBe(texts);
        DocumentEmbedder.Split([]).ShouldBeEmpty();
    }
}
