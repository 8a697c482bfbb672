using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Api;
using QrAi.WebApp.Browser;

namespace QrAi.Tests.Unit.WebApp.Browser;

public sealed class PendingQuestionsTests
{
    private readonly BrowserModule _browser = new();

    [Test]
    public async Task A_question_is_found_again_by_another_page_with_its_key_and_options()
    {
        var question = new Question("Why?", PageData.SessionId, "openrouter", "some/model", "none");

        var added = await Questions().AddAsync(question);

        (await Questions().FindAsync(PageData.SessionId)).ShouldBe(added);
        added.Question.ShouldBe(question);
        Guid.TryParse(added.Key, out _).ShouldBeTrue();
    }

    [Test]
    public async Task Each_session_has_its_own_and_so_has_a_new_one()
    {
        var created = await Questions().AddAsync(new Question("New?"));
        var asked = await Questions().AddAsync(new Question("Why?", PageData.SessionId));

        (await Questions().FindAsync(null)).ShouldBe(created);
        (await Questions().FindAsync(PageData.SessionId)).ShouldBe(asked);
        (await Questions().FindAsync(Guid.CreateVersion7())).ShouldBeNull();
        created.Key.ShouldNotBe(asked.Key);
    }

    [Test]
    public async Task A_removed_question_is_gone()
    {
        var pending = await Questions().AddAsync(new Question("New?"));

        await Questions().RemoveAsync(pending);

        (await Questions().FindAsync(null)).ShouldBeNull();
        _browser.Stored.ShouldBeEmpty();
    }

    private PendingQuestions Questions() => new(new BrowserStorage(new PageModule(_browser)));
}
