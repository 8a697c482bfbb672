using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Answers;
using QrAi.WebApp.Api;

namespace QrAi.Tests.Unit.WebApp.Answers;

public sealed class AnswerStateTests
{
    [Test]
    public async Task Events_make_the_answer()
    {
        var answer = await AfterAsync(
            PageData.Started(),
            PageReply.Event("sources", "1.0", new PassageList([PageData.Passage(3, "Three days before.")])),
            PageData.Delta("Three ", "1.6"),
            PageData.Delta("days. [1]", "1.15")
        );

        (answer.Id, answer.SessionId).ShouldBe((PageData.AnswerId, PageData.SessionId));
        (answer.Text, answer.Model, answer.LastEventId).ShouldBe(("Three days. [1]", "openrouter/some/model", "1.15"));
        answer.HasEnded.ShouldBeFalse();
        answer
            .Find(1)
            .ShouldBe(
                new Citation(1, PageData.DocumentId, "Rules", 3, "Three days before.")
                {
                    Heading = "Rules › Leave",
                    Page = 4,
                }
            );
        answer.Find(2).ShouldBeNull();
        answer.Find(0).ShouldBeNull();
    }

    [Test]
    public async Task A_new_run_voids_the_text_and_the_sources_of_the_one_before()
    {
        var answer = await AfterAsync(
            PageData.Started(),
            PageReply.Event("sources", "1.0", new PassageList([PageData.Passage(3, "Three days before.")])),
            PageData.Delta("A first try", "1.11"),
            PageReply.Event("restarted", "2", new Restarted("google-ai", "none", "provider_failed")),
            PageData.Delta("A second", "2.8")
        );

        (answer.Text, answer.Model, answer.LastEventId).ShouldBe(("A second", "google-ai", "2.8"));
        answer.Sources.ShouldBeEmpty();
        answer.Id.ShouldBe(PageData.AnswerId);
    }

    [Test]
    public async Task Events_from_the_start_replace_what_is_known_of_a_stored_answer()
    {
        var answer = AnswerState.Of(PageData.Answer("Three ", "generating"));

        await ApplyAsync(answer, PageData.Started(), PageData.Delta("Three days.", "1.11"));

        answer.Text.ShouldBe("Three days.");
    }

    [Test]
    public async Task The_end_replaces_the_text_by_the_stored_answer_with_its_citations()
    {
        var stored = PageData.Answer("Three days. [2]") with { Citations = [PageData.Citation(2)] };

        var answer = await AfterAsync(PageData.Started(), PageData.Delta("Thr", "1.3"), PageData.Completed(stored));

        (answer.Text, answer.Status, answer.HasEnded).ShouldBe(("Three days. [2]", "completed", true));
        answer.Find(2).ShouldBe(PageData.Citation(2));
    }

    [Test]
    public async Task A_failed_answer_keeps_its_text_and_says_why()
    {
        var failed = PageData.Answer("Three", "failed", new AnswerError("provider_failed", "It failed."));

        var answer = await AfterAsync(PageData.Started(), PageReply.Event("failed", "1.5.end", new Ended(failed)));

        (answer.Text, answer.Status, answer.ErrorCode, answer.ErrorText).ShouldBe(
            ("Three", "failed", "provider_failed", "It failed.")
        );
    }

    [Test]
    public async Task An_unknown_event_changes_only_the_position()
    {
        var answer = await AfterAsync(PageData.Started(), PageReply.Event("later", "1.1", new { text = "x" }));

        (answer.Text, answer.LastEventId, answer.HasEnded).ShouldBe(("", "1.1", false));
    }

    [Test]
    public void A_refusal_ends_it_with_its_code()
    {
        var answer = new AnswerState();

        answer.Fail(
            new ApiException(
                HttpStatusCode.TooManyRequests,
                new Problem("rate_limited", "Slow down.", null),
                TimeSpan.FromSeconds(7)
            )
        );

        (answer.HasEnded, answer.ErrorCode, answer.ErrorText, answer.RetryAfter).ShouldBe(
            (true, "rate_limited", "Slow down.", TimeSpan.FromSeconds(7))
        );
    }

    [Test]
    public void Messages_are_joined_to_questions_with_their_answers()
    {
        var entries = Entry.Of([
            PageData.Answer("", "generating"),
            PageData.Question("Three?"),
            PageData.Question("Two?"),
            PageData.Answer("One."),
            PageData.Question("One?"),
            PageData.Answer("Without a question."),
        ]);

        entries
            .Select(entry => (entry.Question, entry.Answer?.Text, entry.Answer?.HasEnded))
            .ShouldBe([
                (null, "Without a question.", true),
                ("One?", "One.", true),
                ("Two?", null, null),
                ("Three?", "", false),
            ]);
    }

    private static async Task<AnswerState> AfterAsync(params string[] events)
    {
        var answer = new AnswerState();
        await ApplyAsync(answer, events);
        return answer;
    }

    private static async Task ApplyAsync(AnswerState answer, params string[] events)
    {
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(events)));
        await foreach (var item in SseParser.Create(body).EnumerateAsync())
            answer.Apply(item);
    }
}
