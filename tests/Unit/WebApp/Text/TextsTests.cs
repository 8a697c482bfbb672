using System.Collections;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using QrAi.WebApp.Api;
using QrAi.WebApp.Text;

namespace QrAi.Tests.Unit.WebApp.Text;

[SetCulture("en-US")]
[SetUICulture("en-US")]
public sealed partial class TextsTests
{
    [Test]
    public void Every_text_is_in_both_languages_with_the_same_placeholders()
    {
        var english = All(CultureInfo.InvariantCulture);
        var japanese = All(CultureInfo.GetCultureInfo("ja"));

        english.Count.ShouldBeGreaterThan(50);
        japanese.Keys.Order().ShouldBe(english.Keys.Order());
        foreach (var (name, text) in english)
        {
            text.ShouldNotBeNullOrWhiteSpace(name);
            japanese[name].ShouldNotBeNullOrWhiteSpace(name);
            Placeholders(japanese[name]).ShouldBe(Placeholders(text), name);
        }
    }

    [Test]
    public void A_text_is_in_the_current_language([Values("en", "de")] string other)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ja-JP");
        Texts.Of("Page", 3).ShouldBe("3 ページ");
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(other);
        Texts.Of("Page", 3).ShouldBe("page 3");
    }

    [TestCase(null, "The service cannot be reached. Check the connection, and try again.")]
    [TestCase("unauthenticated", "You are not signed in: enter an API key.")]
    [TestCase("forbidden", "Your key does not allow this.")]
    [TestCase("not_found", "It does not exist, or was deleted.")]
    [TestCase("session_busy", "This chat is still answering another question. Wait for it, or stop it.")]
    [TestCase("rate_limited", "Too many questions. Try again in 60 seconds.")]
    [TestCase("budget_exhausted", "The limit of your key is used up. Ask again in 24 hours.")]
    [TestCase("provider_failed", "The language model failed. Try again.")]
    [TestCase("provider_timeout", "The language model did not answer in time. Try again.")]
    [TestCase("provider_not_configured", "No language model is configured.")]
    [TestCase("database_unavailable", "The database is away at the moment. It is tried again.")]
    [TestCase("payload_too_large", "It is larger than allowed.")]
    [TestCase("unsupported_media_type", "This kind of file cannot be read.")]
    [TestCase("interrupted", "The answer was interrupted. Ask again.")]
    [TestCase("shutting_down", "The answer was interrupted. Ask again.")]
    [TestCase("anything_else", "What the service says.")]
    public void An_error_is_said_in_words_of_people(string? code, string text)
    {
        Texts.OfError(code, "What the service says.").ShouldBe(text);
    }

    [Test]
    public void An_error_without_words_is_said_to_be_unknown()
    {
        Texts.OfError("", "").ShouldBe("Something went wrong. Try again.");
    }

    [Test]
    public void A_refusal_tells_when_to_try_again()
    {
        var refusal = new ApiException(
            HttpStatusCode.TooManyRequests,
            new Problem("rate_limited", "Slow down.", null),
            TimeSpan.FromSeconds(7)
        );

        Texts.OfError(refusal).ShouldBe("Too many questions. Try again in 7 seconds.");
        Texts.OfError(new HttpRequestException()).ShouldStartWith("The service cannot be reached.");
    }

    [TestCase(0.2, "1 seconds")]
    [TestCase(120, "120 seconds")]
    [TestCase(121, "3 minutes")]
    [TestCase(7_201, "3 hours")]
    [TestCase(172_801, "3 days")]
    public void A_duration_is_said_in_a_unit_that_fits(double seconds, string text)
    {
        Texts
            .OfError("rate_limited", null, TimeSpan.FromSeconds(seconds))
            .ShouldBe($"Too many questions. Try again in {text}.");
    }

    private static Dictionary<string, string> All(CultureInfo culture) =>
        Texts
            .Resources.GetResourceSet(culture, createIfNotExists: true, tryParents: false)
            .ShouldNotBeNull(culture.Name)
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);

    private static IEnumerable<string> Placeholders(string text) =>
        Placeholder().Matches(text).Select(match => match.Value).Order();

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Placeholder();
}
