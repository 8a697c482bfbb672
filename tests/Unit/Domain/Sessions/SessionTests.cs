using System.Globalization;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Domain.Sessions;

public sealed class SessionTests
{
    private const string Me = "me";

    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void A_new_session_is_empty_and_untitled()
    {
        var session = Session.Open(Me, null, Noon);

        session.Title.ShouldBe("New session");
        session.MessageCount.ShouldBe(0);
        session.Messages.ShouldBeEmpty();
        session.IsTitled.ShouldBeFalse();
        session.CreatedAt.ShouldBe(Noon);
        session.UpdatedAt.ShouldBe(Noon);
    }

    [Test]
    public void Ids_are_version_7_UUIDs_of_their_creation_time()
    {
        var session = Session.Open(Me, null, Noon);
        var turn = session.Ask("Why?", Noon.AddMinutes(1));

        new[] { session.Id, turn.Question.Id, turn.Answer.Id }.ShouldAllBe(id => id.Version == 7);
        TimeIn(session.Id).ShouldBe(Noon);
        TimeIn(turn.Question.Id).ShouldBe(Noon.AddMinutes(1));
        TimeIn(turn.Answer.Id).ShouldBe(Noon.AddMinutes(1).AddMilliseconds(1), "It sorts after its question.");
    }

    [Test]
    public void A_session_keeps_the_title_that_it_was_opened_with()
    {
        var session = Session.Open(Me, "日本の首都", Noon);
        session.Ask("What is the capital of Japan?", Noon);

        session.Title.ShouldBe("日本の首都");
        session.FoldedTitle.ShouldBe("②日本の首都");
    }

    [Test]
    public void An_untitled_session_is_titled_after_its_first_question_and_not_the_second()
    {
        var session = Session.Open(Me, null, Noon);
        Answer(session, "What is the capital of Japan?");
        Answer(session, "And of France?");

        session.Title.ShouldBe("What is the capital of Japan?");
        session.FoldedTitle.ShouldBe("②what is the capital of japan?");
    }

    [Test]
    public void A_title_from_a_question_has_at_most_80_code_points()
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
    public void Renaming_changes_the_title_and_the_folded_title_of_searches()
    {
        var session = Session.Open(Me, "old", Noon);
        session.Rename("Ｎｅｗ", Noon.AddSeconds(1));

        session.Title.ShouldBe("Ｎｅｗ");
        session.FoldedTitle.ShouldBe("②new");
        session.UpdatedAt.ShouldBe(Noon.AddSeconds(1));
    }

    [TestCase("")]
    [TestCase(" ")]
    public void A_session_has_an_owner(string owner) =>
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
        session.Title.Length.ShouldBe(400);
    }

    [Test]
    public void A_question_has_1_to_100000_code_points()
    {
        Session.Open(Me, null, Noon).Ask(string.Concat(Enumerable.Repeat("😀", 100_000)), Noon);

        var session = Session.Open(Me, null, Noon);
        Should.Throw<ArgumentException>(() => session.Ask(new string('x', 100_001), Noon));
        Should.Throw<ArgumentException>(() => session.Ask("", Noon));
        Should.Throw<ArgumentException>(() => session.Ask("\t\n", Noon));
        Should.Throw<ArgumentException>(() => session.Ask("a\0b", Noon));
        session.MessageCount.ShouldBe(0);
        session.Messages.ShouldBeEmpty();
        session.Title.ShouldBe("New session");
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
    public void A_second_question_is_rejected_while_the_first_is_answered()
    {
        var session = Session.Open(Me, null, Noon);
        session.Ask("Why?", Noon);

        Should
            .Throw<SessionBusyException>(() => session.Ask("And why?", Noon))
            .Message.ShouldContain(session.Id.ToString());
        session.MessageCount.ShouldBe(2);
        session.Messages.Count.ShouldBe(2);
    }

    [Test]
    public void A_question_can_be_asked_however_the_previous_one_ended([Values(0, 1, 2)] int end)
    {
        var session = Session.Open(Me, null, Noon);
        var turn = session.Ask("Why?", Noon);
        switch (end)
        {
            case 0:
                turn.Complete(GeneratedAnswer.Empty, Noon);
                break;
            case 1:
                turn.Fail(GeneratedAnswer.Empty, new AnswerError("provider_failed", "No."), Noon);
                break;
            default:
                turn.Cancel(GeneratedAnswer.Empty, Noon);
                break;
        }

        Should.NotThrow(() => session.Ask("And why?", Noon));
    }

    [Test]
    public void Each_question_and_each_title_updates_the_latest_activity()
    {
        var session = Session.Open(Me, "title", Noon);
        session.Ask("Why?", Noon.AddSeconds(1));
        session.UpdatedAt.ShouldBe(Noon.AddSeconds(1));
        session.Rename("other", Noon.AddSeconds(3));
        session.UpdatedAt.ShouldBe(Noon.AddSeconds(3));
    }

    [Test]
    public void The_latest_activity_moves_forward_even_if_the_clock_does_not()
    {
        var session = Session.Open(Me, "title", Noon);
        session.Rename("other", Noon.AddSeconds(-5));

        session.UpdatedAt.ShouldBe(Noon.AddMicroseconds(1));
        session.Title.ShouldBe("other");
    }

    private static string TitleAfter(string question)
    {
        var session = Session.Open(Me, null, Noon);
        session.Ask(question, Noon);
        return session.Title;
    }

    private static void Answer(Session session, string question) =>
        session.Ask(question, Noon).Complete(GeneratedAnswer.Empty, Noon);

    private static DateTimeOffset TimeIn(Guid id) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            long.Parse(id.ToString("N")[..12], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        );
}
