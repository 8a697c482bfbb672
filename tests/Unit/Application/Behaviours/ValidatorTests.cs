using FluentValidation;
using QrAi.Application.Questions;
using QrAi.Application.Sessions;
using QrAi.Tests.Fixtures.Models;

namespace QrAi.Tests.Unit.Application.Behaviours;

/// <summary>The rules of all requests that have a validator.</summary>
public sealed class ValidatorTests
{
    private const string Emoji = "😀";

    private static readonly AskQuestion Question = new("Why?", null, null, null);

    private static readonly ScriptedModels _models = new() { Providers = ["openrouter", "my-vllm-2"] };

    private static readonly Dictionary<string, (int Limit, Func<string?, string[]> Check)> Texts = new()
    {
        ["question"] = (100_000, text => Check(new AskQuestionValidator(_models), Question with { Question = text })),
        ["model"] = (200, text => Check(new AskQuestionValidator(_models), Question with { Model = text })),
        ["new title"] = (200, text => Check(new CreateSessionValidator(), new CreateSession(text))),
        ["title"] = (200, text => Check(new RenameSessionValidator(), new RenameSession(Guid.Empty, text))),
        ["q"] = (200, text => Check(new ListSessionsValidator(), new ListSessions(20, null, text))),
    };

    [Test]
    public void Text_has_a_maximum_of_code_points_after_trimming(
        [Values("question", "model", "new title", "title", "q")] string field
    )
    {
        var (limit, check) = Texts[field];

        check("x").ShouldBeEmpty();
        check(new string('x', limit)).ShouldBeEmpty();
        check(Repeat(Emoji, limit)).ShouldBeEmpty();
        check(" \n" + Repeat("東", limit) + "\t　").ShouldBeEmpty();
        check(new string('x', limit + 1)).ShouldBe([$"must have 1 to {limit} characters after trimming"]);
        check(Repeat(Emoji, limit + 1)).ShouldBe([$"must have 1 to {limit} characters after trimming"]);
    }

    [Test]
    public void Text_may_be_any_Unicode_except_NUL_and_lone_surrogates(
        [Values("question", "model", "new title", "title", "q")] string field
    )
    {
        var (_, check) = Texts[field];

        check("日本語 \u0001 \ufffe e\u0301 👩‍👩‍👧‍👦").ShouldBeEmpty();
        foreach (var text in new[] { "a\0b", "\0", "\ud83d", "a\ud83d", "\ude00\ud83d" })
            check(text).ShouldBe(["must be well-formed Unicode without NUL"]);
    }

    [Test]
    public void Text_is_not_blank([Values("question", "model", "new title", "title")] string field)
    {
        var (limit, check) = Texts[field];

        foreach (var text in new[] { "", " ", "\t\r\n", "\u3000\u00a0" })
            check(text).ShouldBe([$"must have 1 to {limit} characters after trimming"]);
    }

    [Test]
    public void An_empty_search_text_is_valid()
    {
        foreach (var text in new[] { null, "", "  " })
            Texts["q"].Check(text).ShouldBeEmpty();
    }

    [Test]
    public void A_question_and_a_new_title_are_required()
    {
        Texts["question"].Check(null).ShouldHaveSingleItem();
        Texts["title"].Check(null).ShouldHaveSingleItem();
    }

    [Test]
    public void A_model_and_the_title_of_a_new_session_are_optional()
    {
        Texts["model"].Check(null).ShouldBeEmpty();
        Texts["new title"].Check(null).ShouldBeEmpty();
    }

    [TestCase(null)]
    [TestCase("openrouter")]
    [TestCase("google-ai")]
    [TestCase("offline")]
    [TestCase("my-vllm-2")]
    public void A_provider_may_be_named(string? provider) =>
        Check(new AskQuestionValidator(_models), Question with { Provider = provider }).ShouldBeEmpty();

    [TestCase("")]
    [TestCase("OpenRouter")]
    [TestCase("openai")]
    public void An_unknown_provider_is_rejected(string provider) =>
        Check(new AskQuestionValidator(_models), Question with { Provider = provider })
            .ShouldBe(["must be one of openrouter, my-vllm-2, google-ai, offline"]);

    [TestCase(1, true)]
    [TestCase(100, true)]
    [TestCase(0, false)]
    [TestCase(101, false)]
    [TestCase(-1, false)]
    public void A_page_has_1_to_100_items(int limit, bool valid)
    {
        string[] expected = valid ? [] : ["must be a whole number from 1 to 100"];

        Check(new ListSessionsValidator(), new ListSessions(limit, null, null)).ShouldBe(expected);
        Check(new ListMessagesValidator(), new ListMessages(Guid.Empty, limit, null)).ShouldBe(expected);
    }

    private static string[] Check<T>(AbstractValidator<T> validator, T request) =>
        [.. validator.Validate(request).Errors.Select(failure => failure.ErrorMessage)];

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
