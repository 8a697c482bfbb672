using System.Text;
using QrAi.Application.OwnerData;

namespace QrAi.Tests.Unit.Application.OwnerData;

public sealed class SafeFileNameTests
{
    [TestCase("rules.md", "rules.md")]
    [TestCase("就業規則 2026.pdf", "就業規則 2026.pdf")]
    [TestCase("../../etc/passwd", "_.._etc_passwd")]
    [TestCase("C:\\rules.md", "C__rules.md")]
    [TestCase("..", "_")]
    [TestCase(".", "_")]
    [TestCase("", "_")]
    [TestCase(" rules. ", "rules")]
    [TestCase("a\0b\nc\u202Ed", "ab_c_d")]
    [TestCase("jwt:https://issuer.example#alice", "jwt_https___issuer.example#alice")]
    public void A_name_stays_in_its_folder(string text, string expected) => SafeFileName.Of(text).ShouldBe(expected);

    [Test]
    public void A_long_name_keeps_its_extension_and_fits_into_255_bytes()
    {
        var name = SafeFileName.Of(new string('規', 250) + ".pdf");

        name.ShouldEndWith("規.pdf");
        Encoding.UTF8.GetByteCount(name).ShouldBeLessThanOrEqualTo(255);
    }

    [Test]
    public void A_long_name_is_not_split_within_a_character()
    {
        var name = SafeFileName.Of(string.Concat(Enumerable.Repeat("🗾", 250)));

        name.EnumerateRunes().ShouldAllBe(rune => rune.ToString() == "🗾");
        Encoding.UTF8.GetByteCount(name).ShouldBeLessThanOrEqualTo(255);
    }
}
