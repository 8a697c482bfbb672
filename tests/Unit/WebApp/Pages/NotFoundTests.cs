using Bunit;
using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Pages;

namespace QrAi.Tests.Unit.WebApp.Pages;

public sealed class NotFoundTests : PageContext
{
    [Test]
    public void It_leads_to_the_chat()
    {
        var page = Render<NotFound>();

        page.Find("h1").TextContent.ShouldBe("There is nothing here");
        page.Find("a").GetAttribute("href").ShouldBe("/");
    }
}
