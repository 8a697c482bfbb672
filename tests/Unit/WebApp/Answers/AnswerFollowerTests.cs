using QrAi.Tests.Unit.Support.WebApp;
using QrAi.WebApp.Answers;
using QrAi.WebApp.Api;
using QrAi.WebApp.Browser;

namespace QrAi.Tests.Unit.WebApp.Answers;

public sealed class AnswerFollowerTests
{
    private const string Ask = "POST /api/questions";
    private const string Pending = "localStorage qrai.pending.new";

    private static readonly string _stream = $"GET /api/answers/{PageData.AnswerId}/stream";
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(500);

    private readonly TestClock _clock = new();
    private readonly BrowserModule _browser = new();
    private readonly PageService _service = new();
    private readonly List<(string Text, bool IsReconnecting, bool HasEnded)> _shown = [];

    [Test]
    public async Task A_question_is_asked_and_forgotten_once_it_is_acknowledged()
    {
        _service.On(
            Ask,
            PageReply.Events(PageData.Started(), PageData.Delta("Tok", "1.3"), PageData.Completed("Tokyo."))
        );
        var pending = await AddAsync("The capital?");
        _browser.Stored.ShouldContainKey(Pending);

        var answer = await FollowAsync(new AnswerState(), pending);

        (answer.Text, answer.Status, answer.IsReconnecting).ShouldBe(("Tokyo.", "completed", false));
        var request = _service.Requests.ShouldHaveSingleItem();
        request.Body.ShouldBe("""{"question":"The capital?"}""");
        request.Headers["Idempotency-Key"].ShouldBe(pending.Key);
        request.Headers["Accept"].ShouldBe("text/event-stream");
        _browser.Stored.ShouldNotContainKey(Pending);
        _shown.Select(shown => shown.Text).ShouldBe(["", "Tok", "Tokyo.", "Tokyo."]);
    }

    [Test]
    public async Task A_lost_connection_is_resumed_after_the_last_event()
    {
        _service
            .On(Ask, PageReply.EventsThenBreak(PageData.Started(), PageData.Delta("Tok", "1.3")))
            .On(
                _stream,
                PageReply.Unreachable,
                PageReply.Status(503),
                PageReply.EventsThenBreak(PageData.Delta("y", "1.4")),
                PageReply.Events(PageData.Delta("o.", "1.6"), PageData.Completed("Tokyo."))
            );

        var following = FollowAsync(new AnswerState(), await AddAsync("The capital?"));
        await _clock.PassAsync(_firstPause);
        await _clock.PassAsync(_firstPause * 2);
        await _clock.PassAsync(_firstPause * 4);
        await _clock.PassAsync(_firstPause * 8);

        (await following).Text.ShouldBe("Tokyo.");
        _service.To(_stream).Select(request => request.Headers["Last-Event-ID"]).ShouldBe(["1.3", "1.3", "1.3", "1.4"]);
        _service.To(Ask).Count.ShouldBe(1);
        _shown.ShouldContain(("Tok", true, false));
        _shown[^1].ShouldBe(("Tokyo.", false, true));
    }

    [Test]
    public async Task A_question_that_was_not_acknowledged_is_sent_again_with_the_same_key()
    {
        _service.On(
            Ask,
            PageReply.Unreachable,
            PageReply.Problem(409, "idempotency_in_progress"),
            PageReply.Events(),
            PageReply.Events(PageData.Started(), PageData.Completed("Tokyo."))
        );
        var pending = await AddAsync("The capital?");

        var following = FollowAsync(new AnswerState(), pending);
        foreach (var factor in new[] { 1, 2, 4 })
        {
            await _clock.NextWaitAsync(wait => wait == _firstPause * factor);
            _browser.Stored.ShouldContainKey(Pending);
            _clock.Advance(_firstPause * factor);
        }

        (await following).Text.ShouldBe("Tokyo.");
        _service.To(Ask).Select(request => request.Headers["Idempotency-Key"]).Distinct().ShouldBe([pending.Key]);
        _service.To(Ask).Count.ShouldBe(4);
        _browser.Stored.ShouldNotContainKey(Pending);
    }

    [Test]
    public async Task The_pauses_grow_to_ten_seconds()
    {
        _service.On(Ask, PageReply.Unreachable);
        using var closed = new CancellationTokenSource();
        var following = FollowAsync(new AnswerState(), await AddAsync("Anybody?"), closed.Token);

        foreach (var seconds in new[] { 0.5, 1, 2, 4, 8, 10, 10 })
            await _clock.PassAsync(TimeSpan.FromSeconds(seconds));

        await closed.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(following);
        _browser.Stored.ShouldContainKey(Pending, "The question is asked when the page is opened again.");
    }

    [TestCase(422, "validation_failed")]
    [TestCase(429, "rate_limited")]
    [TestCase(409, "session_busy")]
    public async Task A_refusal_ends_it_with_its_code(int status, string code)
    {
        _service.On(Ask, PageReply.Problem(status, code, "Why.", retryAfter: 7));

        var answer = await FollowAsync(new AnswerState(), await AddAsync("May I?"));

        (answer.HasEnded, answer.ErrorCode, answer.ErrorText, answer.IsReconnecting).ShouldBe(
            (true, code, "Why.", false)
        );
        answer.RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
        _browser.Stored.ShouldNotContainKey(Pending);
    }

    [Test]
    public async Task A_question_without_a_key_is_kept_until_there_is_one()
    {
        _service.On(Ask, PageReply.Problem(401, "unauthenticated"));

        var answer = await FollowAsync(new AnswerState(), await AddAsync("May I?"));

        answer.ErrorCode.ShouldBe("unauthenticated");
        _browser.Stored.ShouldContainKey(Pending);
    }

    [Test]
    public async Task An_answer_without_more_events_is_read()
    {
        _service
            .On(_stream, PageReply.Status(204))
            .On($"GET /api/answers/{PageData.AnswerId}", PageReply.Json(PageData.Answer("Tokyo.")));

        var answer = await FollowAsync(AnswerState.Of(PageData.Answer("", "generating")), null);

        (answer.Text, answer.Status).ShouldBe(("Tokyo.", "completed"));
        _service.To(_stream).ShouldHaveSingleItem().Headers.ShouldNotContainKey("Last-Event-ID");
    }

    [Test]
    public async Task A_run_that_is_taken_over_voids_the_text()
    {
        _service.On(
            Ask,
            PageReply.Events(
                PageData.Started(),
                PageData.Delta("A first", "1.7"),
                PageReply.Event("restarted", "2", new Restarted("google-ai", "one", "interrupted")),
                PageData.Delta("A second", "2.8"),
                PageData.Completed("A second.", "2.9.end")
            )
        );

        await FollowAsync(new AnswerState(), await AddAsync("Twice?"));

        _shown.Select(shown => shown.Text).ShouldBe(["", "A first", "", "A second", "A second.", "A second."]);
    }

    [Test]
    public async Task An_answer_that_has_ended_is_not_followed()
    {
        await FollowAsync(AnswerState.Of(PageData.Answer("Tokyo.")), null);

        _service.Requests.ShouldBeEmpty();
    }

    private Task<PendingQuestion> AddAsync(string question) =>
        new PendingQuestions(new BrowserStorage(new PageModule(_browser))).AddAsync(new Question(question));

    private async Task<AnswerState> FollowAsync(
        AnswerState answer,
        PendingQuestion? question,
        CancellationToken cancellationToken = default
    )
    {
        var follower = new AnswerFollower(
            new QrAiApi(_service.CreateClient()),
            new PendingQuestions(new BrowserStorage(new PageModule(_browser))),
            _clock
        );
        await follower.FollowAsync(
            answer,
            question,
            () =>
            {
                _shown.Add((answer.Text, answer.IsReconnecting, answer.HasEnded));
                return Task.CompletedTask;
            },
            cancellationToken
        );
        return answer;
    }
}
