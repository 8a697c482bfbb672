using QrAi.Domain.Documents;

namespace QrAi.Tests.Unit.Domain.Documents;

public sealed class DocumentTests
{
    private static readonly DateTimeOffset _noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    [TestCase("規則.pdf", "規則")]
    [TestCase(".gitignore", ".gitignore")]
    [TestCase("README", "README")]
    public void A_document_has_the_name_of_its_file_as_title_until_it_is_read(string name, string title)
    {
        var document = Add(name);

        document.Title.ShouldBe(title);
        document.Status.ShouldBe(DocumentStatus.Queued);
    }

    [Test]
    public void A_read_document_has_the_title_of_the_file()
    {
        var document = Add("a.pdf");

        document.Complete(" 就業規則\0 ", 12, 34, _noon.AddMinutes(1));

        document.Title.ShouldBe("就業規則");
        document.FoldedNames.ShouldContain("就業規則");
        (document.Status, document.Pages, document.Passages).ShouldBe((DocumentStatus.Ready, 12, 34));
        document.UpdatedAt.ShouldBe(_noon.AddMinutes(1));
    }

    [Test]
    public void A_document_without_passages_is_not_ready() =>
        Should.Throw<ArgumentException>(() => Add("a.pdf").Complete(null, null, 0, _noon));

    [TestCase("")]
    [TestCase("a\0b")]
    public void A_name_that_cannot_be_stored_is_rejected(string name) =>
        Should.Throw<ArgumentException>(() => Add(name));

    [Test]
    public void A_file_is_split_into_chunks_without_loss()
    {
        var file = new byte[DocumentChunk.Size * 2 + 1];
        new Random(1).NextBytes(file);

        var chunks = DocumentChunk.Split(Guid.Empty, file).ToList();

        chunks
            .Select(chunk => (chunk.Number, chunk.Bytes.Length))
            .ShouldBe([(0, DocumentChunk.Size), (1, DocumentChunk.Size), (2, 1)]);
        chunks.SelectMany(chunk => chunk.Bytes).ShouldBe(file);
        DocumentChunk.Split(Guid.Empty, Array.Empty<byte>()).ShouldHaveSingleItem().Bytes.ShouldBeEmpty();
    }

    private static Document Add(string name) =>
        Document.Add("alice", new DocumentFile(name, "application/pdf", 1, "ab"), isShared: false, 1, _noon);
}
