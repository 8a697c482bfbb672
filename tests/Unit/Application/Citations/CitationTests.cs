using QrAi.Application.Citations;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Application.Citations;

public sealed class CitationTests
{
    private static readonly SourcePassage[] _sources =
    [
        new(Guid.CreateVersion7(), "Rules", 4, "Leave", 12, "Three days before."),
        new(Guid.CreateVersion7(), "Pay", 1, null, null, "Monthly."),
    ];

    [Test]
    public void Each_passage_that_the_text_refers_to_is_cited_once_in_the_order_of_the_numbers() =>
        Citation
            .Of("Monthly [2], three days before [1], so monthly [2].", _sources)
            .ShouldBe([
                new Citation(1, _sources[0].DocumentId, "Rules", 4, "Leave", 12, "Three days before."),
                new Citation(2, _sources[1].DocumentId, "Pay", 1, null, null, "Monthly."),
            ]);

    [TestCase("Nothing.")]
    [TestCase("`items[1]`")]
    [TestCase("")]
    public void A_text_without_markers_has_no_citations(string text) => Citation.Of(text, _sources).ShouldBeNull();

    [Test]
    public void An_answer_without_passages_has_no_citations() => Citation.Of("See [1].", null).ShouldBeNull();
}
