using QrAi.WebApp.Text;

namespace QrAi.Tests.Unit.WebApp.Text;

public sealed class LanguagesTests
{
    [TestCase("Tokyo, とうきょう", "ja")]
    [TestCase("カタカナ", "ja")]
    [TestCase("東京", "ja")]
    [TestCase("서울", "ko")]
    [TestCase("漢字 한글", "ko")]
    [TestCase("Tokyo", null)]
    [TestCase("", null)]
    public void The_script_tells_the_language(string text, string? language)
    {
        Languages.Of(text).ShouldBe(language);
    }

    [Test]
    public void Only_the_beginning_of_a_long_text_is_read()
    {
        Languages.Of(new string('a', 400) + "あ").ShouldBeNull();
        Languages.Of(new string('a', 399) + "あ").ShouldBe("ja");
    }
}
