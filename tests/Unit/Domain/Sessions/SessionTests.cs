using System.Globalization;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Domain.Sessions;

public sealed class SessionTests
{
    private const string Me = "me";

    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static readonly Generation Whole = new(
        "Tokyo.",
        "openrouter",
        "some/model",
        new TokenUsage(7, 2, 9),
        [new Attempt("google-ai", "http_503", 12), new Attempt("openrouter", "completed", 340)]
    );

    [Test]
    public void A_new_session_is_empty_and_untitled()
    {
        var session = Session.Open(Me, null, Noon);

        session.Title.ShouldBe("New session");
        session.MessageCount.ShouldBe(0);
        session.Messages.ShouldBeEmpty();
        session.OpenAnswerId.ShouldBeNull();
        session.CreatedAt.ShouldBe(Noon);
        session.UpdatedAt.ShouldBe(Noon);
        session.Events.ShouldBeEmpty();
    }

    [Test]
    public void Ids_are_version_7_UUIDs_of_the_time_of_their_making()
    {
        var session = Session.Open(Me, null, Noon);
        var (question, answer) = session.Ask("Why?", Noon.AddMinutes(1));

        new[] { session.Id, question.Id, answer.Id }.ShouldAllBe(id => id.Version == 7);
        TimeIn(session.Id).ShouldBe(Noon);
        TimeIn(question.Id).ShouldBe(Noon.AddMinutes(1));
        TimeIn(answer.Id).ShouldBe(Noon.AddMinutes(1).AddMilliseconds(1), "it sorts behind its question");
    }

    [Test]
    public void A_session_keeps_the_title_that_it_was_opened_with()
    {
        var session = Session.Open(Me, "日本の首都", Noon);
        session.Ask("What is the capital of Japan?", Noon);

        session.Title.ShouldBe("日本の首都");
        session.FoldedTitle.ShouldBe("日本の首都");
    }

    [Test]
    public void An_untitled_session_is_called_after_its_first_question_and_not_after_the_second()
    {
        var session = Session.Open(Me, null, Noon);
        Answer(session, "What is the capital of Japan?");
        Answer(session, "And of France?");

        session.Title.ShouldBe("What is the capital of Japan?");
        session.FoldedTitle.ShouldBe("WHAT IS THE CAPITAL OF JAPAN?");
    }

    [Test]
    public void A_title_from_a_question_has_80_code_points_at_the_most()
    {
        TitleAfter(new string('x', 80)).ShouldBe(new string('x', 80));
        TitleAfter(new string('x', 81)).ShouldBe(new string('x', 80));
        TitleAfter(string.Concat(Enumerable.Repeat("東京", 50))).ShouldBe(string.Concat(Enumerable.Repeat("東京", 40)));
    }

    [Test]
    public void A_title_from_a_question_counts_an_emoji_once()
    {
        var eighty = string.Concat(Enumerable.Repeat("😀", 80));

        TitleAfter(eighty).ShouldBe(eighty);
        TitleAfter(eighty + "😀").ShouldBe(eighty);
    }

    [TestCase("👩‍👩‍👧‍👦", TestName = "A_title_from_a_question_does_not_split_a_family")]
    [TestCase("e\u0301", TestName = "A_title_from_a_question_does_not_split_a_letter_from_its_accent")]
    [TestCase("🇯🇵", TestName = "A_title_from_a_question_does_not_split_a_flag")]
    [TestCase("か\u3099", TestName = "A_title_from_a_question_does_not_split_a_kana_from_its_voicing_mark")]
    [TestCase("👍🏽", TestName = "A_title_from_a_question_does_not_split_a_hand_from_its_colour")]
    public void A_title_from_a_question_does_not_split(string grapheme)
    {
        var before = new string('x', 79);

        new StringInfo(grapheme).LengthInTextElements.ShouldBe(1);
        TitleAfter(before + grapheme + "and so on").ShouldBe(before);
    }

    [Test]
    public void Renaming_changes_the_title_and_what_searches_compare()
    {
        var session = Session.Open(Me, "old", Noon);
        session.Rename("Ｎｅｗ", Noon.AddSeconds(1));

        session.Title.ShouldBe("Ｎｅｗ");
        session.FoldedTitle.ShouldBe("NEW");
        session.UpdatedAt.ShouldBe(Noon.AddSeconds(1));
    }

    [TestCase("")]
    [TestCase(" ")]
    public void A_session_is_somebodys(string owner) =>
        Should.Throw<ArgumentException>(() => Session.Open(owner, "A title", Noon)).ParamName.ShouldBe("owner");

    [Test]
    public void A_title_has_1_to_200_code_points()
    {
        var session = Session.Open(Me, string.Concat(Enumerable.Repeat("😀", 200)), Noon);

        Should.Throw<ArgumentException>(() => Session.Open(Me, "", Noon));
        Should.Throw<ArgumentException>(() => Session.Open(Me, new string('x', 201), Noon));
        Should.Throw<ArgumentException>(() => session.Rename(" ", Noon));
        Should.Throw<ArgumentException>(() => session.Rename("a\0b", Noon));
        Should.Throw<ArgumentException>(() => session.Rename("\ud83d", Noon));
        session.Version.ShouldBe(0);
    }

    [Test]
    public void A_question_has_1_to_8000_code_points()
    {
        Session.Open(Me, null, Noon).Ask(string.Concat(Enumerable.Repeat("😀", 8_000)), Noon);

        var session = Session.Open(Me, null, Noon);
        Should.Throw<ArgumentException>(() => session.Ask(new string('x', 8_001), Noon));
        Should.Throw<ArgumentException>(() => session.Ask("", Noon));
        Should.Throw<ArgumentException>(() => session.Ask("\t\n", Noon));
        Should.Throw<ArgumentException>(() => session.Ask("a\0b", Noon));
        session.MessageCount.ShouldBe(0);
        session.Title.ShouldBe("New session");
        session.OpenAnswerId.ShouldBeNull();
    }

    [Test]
    public void A_question_is_whole_at_once_and_its_answer_is_open()
    {
        var session = Session.Open(Me, null, Noon);
        var (question, answer) = session.Ask("Why?", Noon.AddSeconds(5));

        question.SessionId.ShouldBe(session.Id);
        question.QuestionId.ShouldBeNull();
        question.Role.ShouldBe(MessageRole.User);
        question.Content.ShouldBe("Why?");
        question.Status.ShouldBe(MessageStatus.Completed);
        question.CreatedAt.ShouldBe(Noon.AddSeconds(5));
        question.CompletedAt.ShouldBe(Noon.AddSeconds(5));

        answer.SessionId.ShouldBe(session.Id);
        answer.QuestionId.ShouldBe(question.Id);
        answer.Role.ShouldBe(MessageRole.Assistant);
        answer.Content.ShouldBe("");
        answer.Status.ShouldBe(MessageStatus.Generating);
        answer.CreatedAt.ShouldBe(question.CreatedAt);
        answer.CompletedAt.ShouldBeNull();
        session.OpenAnswerId.ShouldBe(answer.Id);
    }

    [Test]
    public void Messages_are_numbered_from_1_without_gaps()
    {
        var session = Session.Open(Me, null, Noon);
        for (var i = 0; i < 3; i++)
            Answer(session, "Why?");

        session.Messages.Select(message => message.Number).ShouldBe([1, 2, 3, 4, 5, 6]);
        session.MessageCount.ShouldBe(6);
    }

    [Test]
    public void A_second_question_is_refused_while_the_first_is_answered()
    {
        var session = Session.Open(Me, null, Noon);
        session.Ask("Why?", Noon);
        var version = session.Version;

        Should
            .Throw<SessionBusyException>(() => session.Ask("And why?", Noon))
            .Message.ShouldContain(session.Id.ToString());
        session.MessageCount.ShouldBe(2);
        session.Version.ShouldBe(version);
    }

    [Test]
    public void A_question_can_be_asked_after_each_end_of_the_one_before([Values(0, 1, 2)] int end)
    {
        var session = Session.Open(Me, null, Noon);
        var (_, answer) = session.Ask("Why?", Noon);
        End(session, answer.Id, end);

        session.OpenAnswerId.ShouldBeNull();
        Should.NotThrow(() => session.Ask("And why?", Noon));
    }

    [Test]
    public void A_completed_answer_has_what_was_generated()
    {
        var session = Session.Open(Me, null, Noon);
        var (_, answer) = session.Ask("Capital of Japan?", Noon);
        session.CompleteAnswer(answer.Id, Whole, Noon.AddSeconds(3));

        answer.Status.ShouldBe(MessageStatus.Completed);
        answer.Content.ShouldBe("Tokyo.");
        answer.Provider.ShouldBe("openrouter");
        answer.Model.ShouldBe("some/model");
        answer.Usage.ShouldBe(new TokenUsage(7, 2, 9));
        answer.Attempts.ShouldBe(Whole.Attempts);
        answer.Error.ShouldBeNull();
        answer.CompletedAt.ShouldBe(Noon.AddSeconds(3));
    }

    [Test]
    public void A_cancelled_answer_keeps_what_has_come()
    {
        var session = Session.Open(Me, null, Noon);
        var (_, answer) = session.Ask("Capital of Japan?", Noon);
        session.CancelAnswer(answer.Id, Whole with { Content = "Tok", Usage = null }, Noon.AddSeconds(3));

        answer.Status.ShouldBe(MessageStatus.Cancelled);
        answer.Content.ShouldBe("Tok");
        answer.Provider.ShouldBe("openrouter");
        answer.Usage.ShouldBeNull();
        answer.Error.ShouldBeNull();
        answer.CompletedAt.ShouldBe(Noon.AddSeconds(3));
    }

    [Test]
    public void A_failed_answer_says_why_and_keeps_what_has_come()
    {
        var session = Session.Open(Me, null, Noon);
        var (_, answer) = session.Ask("Capital of Japan?", Noon);
        var error = new AnswerError("provider_failed", "Every provider failed.");
        session.FailAnswer(answer.Id, Whole with { Content = "Tok" }, error, Noon.AddSeconds(3));

        answer.Status.ShouldBe(MessageStatus.Failed);
        answer.Content.ShouldBe("Tok");
        answer.Error.ShouldBe(error);
        answer.CompletedAt.ShouldBe(Noon.AddSeconds(3));
    }

    [Test]
    public void An_answer_of_which_nothing_came_is_empty()
    {
        var session = Session.Open(Me, null, Noon);
        var (_, answer) = session.Ask("Capital of Japan?", Noon);
        session.CancelAnswer(answer.Id, Generation.Nothing, Noon.AddSeconds(3));

        answer.Content.ShouldBe("");
        (answer.Provider, answer.Model, answer.Usage).ShouldBe((null, null, null));
        answer.Attempts.ShouldNotBeNull().ShouldBeEmpty();
    }

    [Test]
    public void An_answer_that_has_ended_cannot_end_again([Values(0, 1, 2)] int first, [Values(0, 1, 2)] int second)
    {
        var session = Session.Open(Me, null, Noon);
        var (_, answer) = session.Ask("Why?", Noon);
        End(session, answer.Id, first);
        var (status, version, events) = (answer.Status, session.Version, session.Events.Count);

        Should
            .Throw<AnswerEndedException>(() => End(session, answer.Id, second))
            .Message.ShouldContain(status.ToString());
        answer.Status.ShouldBe(status);
        session.Version.ShouldBe(version);
        session.Events.Count.ShouldBe(events);
    }

    [Test]
    public void A_question_cannot_end_as_it_is_whole_from_the_start([Values(0, 1, 2)] int end)
    {
        var session = Session.Open(Me, null, Noon);
        var (question, answer) = session.Ask("Why?", Noon);

        Should.Throw<AnswerEndedException>(() => End(session, question.Id, end));
        session.OpenAnswerId.ShouldBe(answer.Id);
        question.Content.ShouldBe("Why?");
    }

    [Test]
    public void An_answer_that_is_not_the_sessions_cannot_end([Values(0, 1, 2)] int end)
    {
        var session = Session.Open(Me, null, Noon);
        var (_, other) = Session.Open(Me, null, Noon).Ask("Why?", Noon);
        session.Ask("Why?", Noon);

        Should
            .Throw<ArgumentException>(() => End(session, other.Id, end))
            .Message.ShouldStartWith($"Answer {other.Id} is not loaded.");
        session.OpenAnswerId.ShouldNotBeNull();
    }

    [Test]
    public void The_version_grows_by_one_with_each_change()
    {
        var session = Session.Open(Me, "title", Noon);
        var versions = new List<int> { session.Version };
        var (_, answer) = session.Ask("Why?", Noon);
        versions.Add(session.Version);
        session.Rename("other", Noon);
        versions.Add(session.Version);
        session.CompleteAnswer(answer.Id, Whole, Noon);
        versions.Add(session.Version);

        versions.ShouldBe([0, 1, 2, 3]);
    }

    [Test]
    public void Each_change_is_the_newest_activity()
    {
        var session = Session.Open(Me, "title", Noon);
        var (_, answer) = session.Ask("Why?", Noon.AddSeconds(1));
        session.UpdatedAt.ShouldBe(Noon.AddSeconds(1));
        session.CompleteAnswer(answer.Id, Whole, Noon.AddSeconds(2));
        session.UpdatedAt.ShouldBe(Noon.AddSeconds(2));
        session.Rename("other", Noon.AddSeconds(3));
        session.UpdatedAt.ShouldBe(Noon.AddSeconds(3));
    }

    [Test]
    public void The_newest_activity_does_not_go_back_with_the_clock()
    {
        var session = Session.Open(Me, "title", Noon);
        session.Rename("other", Noon.AddSeconds(-5));

        session.UpdatedAt.ShouldBe(Noon);
        session.Version.ShouldBe(1);
    }

    [Test]
    public void The_end_of_an_answer_is_told()
    {
        var session = Session.Open(Me, null, Noon);
        var (_, answer) = session.Ask("Why?", Noon);
        session.CompleteAnswer(answer.Id, Whole, Noon.AddSeconds(3));

        session
            .Events.ShouldHaveSingleItem()
            .ShouldBe(
                new AnswerEnded(
                    session.Id,
                    answer.Id,
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
    public void The_end_of_an_answer_that_failed_is_told_with_its_code()
    {
        var session = Session.Open(Me, null, Noon);
        var (_, answer) = session.Ask("Why?", Noon);
        session.FailAnswer(answer.Id, Generation.Nothing, new AnswerError("provider_timeout", "Too late."), Noon);

        session
            .Events.ShouldHaveSingleItem()
            .ShouldBe(
                new AnswerEnded(
                    session.Id,
                    answer.Id,
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

    [Test]
    public void Events_that_have_been_told_are_forgotten()
    {
        var session = Session.Open(Me, null, Noon);
        Answer(session, "Why?");
        session.ClearEvents();

        session.Events.ShouldBeEmpty();
    }

    private static string TitleAfter(string question)
    {
        var session = Session.Open(Me, null, Noon);
        session.Ask(question, Noon);
        return session.Title;
    }

    private static void Answer(Session session, string question) =>
        session.CompleteAnswer(session.Ask(question, Noon).Answer.Id, Whole, Noon);

    private static void End(Session session, Guid answerId, int end)
    {
        switch (end)
        {
            case 0:
                session.CompleteAnswer(answerId, Whole, Noon);
                break;
            case 1:
                session.FailAnswer(answerId, Whole, new AnswerError("provider_failed", "No."), Noon);
                break;
            default:
                session.CancelAnswer(answerId, Whole, Noon);
                break;
        }
    }

    private static DateTimeOffset TimeIn(Guid id) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            long.Parse(id.ToString("N")[..12], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        );
}
