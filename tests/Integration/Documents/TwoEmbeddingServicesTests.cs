namespace QrAi.Tests.Integration.Documents;

/// <summary>Two services that embed the documents of one PostgreSQL database.</summary>
public sealed class TwoEmbeddingServicesTests() : EmbeddingTest(DatabaseKind.Postgres)
{
    [Test]
    public async Task Each_document_is_embedded_once_and_both_find_it()
    {
        const int Documents = 40;
        await using (var reader = await StartAsync())
            await Task.WhenAll(
                Enumerable
                    .Range(0, Documents)
                    .Select(number => reader.AddReadyAsync($"{number}.txt", $"The car number {number} is parked."))
            );

        await using var one = await StartEmbeddingAsync();
        await using var other = await StartEmbeddingAsync();
        await EmbeddedAsync(Documents);

        Provider.Embeddings.Texts.Count().ShouldBe(Documents);
        Provider.Embeddings.Texts.Distinct().Count().ShouldBe(Documents);
        (await CountAsync("embedding_tasks")).ShouldBe(0);
        foreach (var service in new[] { one, other })
            (await service.SearchAsync("自動車", limit: 100)).Count.ShouldBe(Documents);
    }
}
