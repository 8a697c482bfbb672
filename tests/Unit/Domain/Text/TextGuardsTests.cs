using Ardalis.GuardClauses;
using QrAi.Domain.Text;

namespace QrAi.Tests.Unit.Domain.Text;

public sealed class TextGuardsTests
{
    [Test]
    public void Text_within_its_limit_is_returned_unchanged() =>
        Guard.Against.InvalidText("😀😀😀", 3, "title").ShouldBe("😀😀😀");

    [Test]
    public void Missing_text_is_rejected() =>
        Should
            .Throw<ArgumentNullException>(() => Guard.Against.InvalidText(null!, 3, "title"))
            .ParamName.ShouldBe("title");

    [TestCase("")]
    [TestCase(" \u3000\n")]
    public void Blank_text_is_rejected(string text) => Rejected(text);

    [Test]
    public void Text_that_is_too_long_is_rejected_with_the_limit() =>
        Rejected("😀😀😀😀").Message.ShouldContain("at most 3 characters");

    [Test]
    public void Text_that_cannot_be_stored_is_rejected_with_the_rule()
    {
        Rejected("a\0").Message.ShouldStartWith("must be well-formed Unicode without NUL");
        Rejected("\ud83d").Message.ShouldStartWith("must be well-formed Unicode without NUL");
    }

    private static ArgumentException Rejected(string text)
    {
        var exception = Should.Throw<ArgumentException>(() => Guard.Against.InvalidText(text, 3, "title"));
        exception.ParamName.ShouldBe("title");
        return exception;
    }
}
