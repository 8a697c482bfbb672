using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Text;

namespace QrAi.Tests.Unit.WebApp.Text;

[SetUICulture("en-US")]
public sealed class PlacesTests
{
    [TestCase("Rules › Leave", 4, "Rules › Leave · page 4")]
    [TestCase("Leave", 4, "Rules · Leave · page 4")]
    [TestCase("Leave", null, "Rules · Leave")]
    [TestCase(null, null, "Rules")]
    [TestCase("", null, "Rules")]
    public void A_citation_is_placed_by_title_heading_and_page(string? heading, int? page, string place)
    {
        Places.Of(PageData.Citation() with { Heading = heading, Page = page }).ShouldBe(place);
    }

    [TestCase("Leave", 4, "Leave · page 4 · passage 3")]
    [TestCase(null, null, "passage 3")]
    public void A_passage_is_placed_by_heading_page_and_number(string? heading, int? page, string place)
    {
        Places.Of(PageData.Passage(3, "Text.") with { Heading = heading, Page = page }).ShouldBe(place);
    }
}
