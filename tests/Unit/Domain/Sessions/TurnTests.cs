using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Domain.Sessions;

public sealed class TurnTests
{
    private static readonly DateTimeOffset Noon = TestClock.Noon;

    private static readonly GeneratedAnswer Whole = new(
        "Tokyo.",
        "openrouter",
        "some/model",
        new TokenUsage(7, 2, 9),
        [new Attempt("google-ai", "http_503", 12), new Attempt("openrouter", "completed", 340)]
    )
    {
        Run = 2,
        FinishReason = "length",
    };

    private readonly Guid _sessionId = Guid.CreateVersion7();

    [Test]
    public void A_question_is_complete_immediately_and_its_answer_is_open()
    {
        var turn = Begin();
        var (question, answer) = (turn.Question, turn.Answer);

        question.SessionId.ShouldBe(_sessionId);
        question.Owner.ShouldBe("me");
        question.QuestionId.ShouldBeNull();
        question.Role.ShouldBe(MessageRole.User);
        question.Content.ShouldBe("Why?");
        question.Status.ShouldBe(MessageStatus.Completed);
        question.CreatedAt.ShouldBe(Noon);
        question.CompletedAt.ShouldBe(Noon);

        answer.SessionId.ShouldBe(_sessionId);
        answer.Owner.ShouldBe("me");
        answer.QuestionId.ShouldBe(question.Id);
        answer.Role.ShouldBe(MessageRole.Assistant);
        answer.Content.ShouldBe("");
        answer.Status.ShouldBe(MessageStatus.Generating);
        answer.CreatedAt.ShouldBe(question.CreatedAt);
        answer.CompletedAt.ShouldBeNull();
        (answer.Run, answer.Takeovers).ShouldBe((1, 0));
    }

    [Test]
    public void A_question_has_1_to_100000_code_points()
    {
        Begin(string.Concat(Enumerable.Repeat("😀", 100_000))).Question.Content.Length.ShouldBe(200_000);

        foreach (var bad in new[] { new string('x', 100_001), "", "\t\n", "a\0b", "\ud83d" })
            Should.Throw<ArgumentException>(() => Begin(bad));
    }

    [Test]
    public void The_question_provides_the_title() => Begin(new string('x', 81)).Title.ShouldBe(new string('x', 80));

    [Test]
    public void A_completed_answer_has_what_was_generated()
    {
        var turn = Begin();
        turn.Complete(Whole, Noon.AddSeconds(3));

        var answer = turn.Answer;
        answer.Status.ShouldBe(MessageStatus.Completed);
        answer.Content.ShouldBe("Tokyo.");
        answer.Provider.ShouldBe("openrouter");
        answer.Model.ShouldBe("some/model");
        answer.FinishReason.ShouldBe("length");
        answer.Usage.ShouldBe(new TokenUsage(7, 2, 9));
        answer.Attempts.ShouldBe(Whole.Attempts);
        answer.Error.ShouldBeNull();
        answer.Run.ShouldBe(2);
        answer.CompletedAt.ShouldBe(Noon.AddSeconds(3));
    }

    [Test]
    public void A_cancelled_answer_keeps_its_text_so_far()
    {
        var turn = Begin();
        turn.Cancel(Whole with { Content = "Tok", Usage = null }, Noon.AddSeconds(3));

        var answer = turn.Answer;
        answer.Status.ShouldBe(MessageStatus.Cancelled);
        answer.Content.ShouldBe("Tok");
        answer.Provider.ShouldBe("openrouter");
        answer.Usage.ShouldBeNull();
        answer.Error.ShouldBeNull();
        answer.CompletedAt.ShouldBe(Noon.AddSeconds(3));
    }

    [Test]
    public void A_failed_answer_has_its_error_and_keeps_its_text_so_far()
    {
        var turn = Begin();
        var error = new AnswerError("provider_failed", "Every provider failed.");
        turn.Fail(Whole with { Content = "Tok" }, error, Noon.AddSeconds(3));

        var answer = turn.Answer;
        answer.Status.ShouldBe(MessageStatus.Failed);
        answer.Content.ShouldBe("Tok");
        answer.Error.ShouldBe(error);
        answer.CompletedAt.ShouldBe(Noon.AddSeconds(3));
    }

    [Test]
    public void An_answer_without_content_is_empty()
    {
        var turn = Begin();
        turn.Cancel(GeneratedAnswer.Empty, Noon.AddSeconds(3));

        var answer = turn.Answer;
        answer.Content.ShouldBe("");
        (answer.Provider, answer.Model, answer.Usage).ShouldBe((null, null, null));
        answer.Attempts.ShouldNotBeNull().ShouldBeEmpty();
        answer.Run.ShouldBe(1);
    }

    [Test]
    public void An_answer_that_has_ended_cannot_end_again([Values(0, 1, 2)] int first, [Values(0, 1, 2)] int second)
    {
        var turn = Begin();
        End(turn, first);
        var status = turn.Answer.Status;

        Should.Throw<AnswerEndedException>(() => End(turn, second)).Message.ShouldContain(status.ToString());
        turn.Answer.Status.ShouldBe(status);
    }

    [Test]
    public void A_stored_turn_is_resumed()
    {
        var stored = Begin();
        var turn = Turn.Resume(stored.Question, stored.Answer);
        turn.Complete(Whole, Noon);

        turn.Question.ShouldBe(stored.Question);
        stored.Answer.Status.ShouldBe(MessageStatus.Completed);
    }

    [Test]
    public void The_end_of_an_answer_is_an_event()
    {
        var turn = Begin();

        turn.Complete(Whole, Noon.AddSeconds(3))
            .ShouldBe(
                new AnswerEnded(
                    _sessionId,
                    turn.Answer.Id,
                    MessageStatus.Completed,
                    "openrouter",
                    "some/model",
                    9,
                    2,
                    TimeSpan.FromSeconds(3),
                    null
                )
            );
    }

    [Test]
    public void The_end_of_a_failed_answer_is_an_event_with_its_code()
    {
        var turn = Begin();

        turn.Fail(GeneratedAnswer.Empty, new AnswerError("provider_timeout", "Too late."), Noon)
            .ShouldBe(
                new AnswerEnded(
                    _sessionId,
                    turn.Answer.Id,
                    MessageStatus.Failed,
                    null,
                    null,
                    null,
                    0,
                    TimeSpan.Zero,
                    "provider_timeout"
                )
            );
    }

    private Turn Begin(string question = "Why?") => Turn.Begin(_sessionId, "me", question, Noon);

    private static AnswerEnded End(Turn turn, int end) =>
        end switch
        {
            0 => turn.Complete(Whole, Noon),
            1 => turn.Fail(Whole, new AnswerError("provider_failed", "No."), Noon),
            _ => turn.Cancel(Whole, Noon),
        };
}
