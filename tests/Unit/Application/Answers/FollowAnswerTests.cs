using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Domain.Sessions;
using QrAi.Tests.Fixtures.Sessions;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Answers;

/// <summary>Following an answer that has ended, or one that this process generates.</summary>
public sealed class FollowAnswerTests : IDisposable
{
    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task A_new_follower_gets_the_start_the_whole_text_and_the_end()
    {
        var answer = Add(A.Session().Answered(answer: "Tokyo."));

        var written = await _service.FollowAsync(answer.Id).Soon();

        written.Lines.ShouldBe(["started 1 openrouter", "1.6 Tokyo.", "1.6.end Completed"]);
        written.Start!.Model.ShouldBe("test/model");
        written.End!.ShouldBeEquivalentTo(
            new GenerationEnd(
                MessageStatus.Completed,
                answer.CompletedAt!.Value,
                answer.FinishReason,
                answer.Usage,
                answer.Attempts!,
                null
            )
        );
    }

    [Test]
    public async Task A_follower_identifies_its_answer()
    {
        var answer = Add(A.Session().Answered());

        using var follower = await _service.Sender.Send(new FollowAnswer(answer.Id, Position.Start));

        follower.Generation.Identity.ShouldBe(
            new GenerationIdentity(answer.Id, answer.Owner, answer.CreatedAt, answer.SessionId, answer.QuestionId)
        );
        var written = follower.Generation.ToMessage();
        (written.Content, written.Status, written.Provider).ShouldBe((answer.Content, answer.Status, answer.Provider));
    }

    [TestCase(1, "1.6 Tokyo.", "1.6.end Completed")]
    [TestCase(1, "1.6 yo.", "1.6.end Completed", 3)]
    [TestCase(1, "1.6.end Completed", null, 6)]
    public async Task A_follower_that_has_part_of_an_answer_gets_the_rest(
        int run,
        string first,
        string? second,
        int offset = 0
    )
    {
        var answer = Add(A.Session().Answered(answer: "Tokyo."));

        (await _service.FollowAsync(answer.Id, new Position(run, offset)).Soon()).Lines.ShouldBe(
            second is null ? [first] : [first, second]
        );
    }

    [Test]
    public async Task A_follower_that_has_the_end_gets_nothing()
    {
        var answer = Add(A.Session().Answered(answer: "Tokyo."));

        (await _service.FollowAsync(answer.Id, new Position(1, 6, IsEnd: true)).Soon()).Lines.ShouldBeEmpty();
    }

    [TestCase(1, 7, false)]
    [TestCase(1, 5, true)]
    [TestCase(2, 0, false)]
    public async Task A_position_of_no_event_is_rejected(int run, int offset, bool isEnd)
    {
        var answer = Add(A.Session().Answered(answer: "Tokyo."));

        var rejected = await Should.ThrowAsync<InvalidRequestException>(() =>
            _service.FollowAsync(answer.Id, new Position(run, offset, isEnd))
        );

        rejected.Errors["Last-Event-ID"].ShouldBe(["must be the id of an event of this answer"]);
    }

    [Test]
    public async Task A_position_after_the_text_so_far_is_rejected()
    {
        var asked = await _service.BeginAsync(Reply.Gated(), "Tok");

        await Should.ThrowAsync<InvalidRequestException>(() =>
            _service.FollowAsync(asked.AnswerId(), new Position(1, 4))
        );
        using var follower = await _service.Sender.Send(new FollowAnswer(asked.AnswerId(), new Position(1, 2)));
        follower.ReadNow().ShouldBe(["1.3 k"]);
    }

    [Test]
    public async Task An_empty_answer_has_no_text_event()
    {
        var answer = Add(A.Session().Answered(answer: ""));

        (await _service.FollowAsync(answer.Id).Soon()).Lines.ShouldBe(["started 1 openrouter", "1.0.end Completed"]);
    }

    [Test]
    public async Task An_answer_that_no_provider_began_has_only_its_end()
    {
        var answer = Add(A.Session().Failed());

        var written = await _service.FollowAsync(answer.Id).Soon();

        written.Lines.ShouldBe(["1.0.end Failed"]);
        written.End!.Error!.Code.ShouldBe("provider_failed");
    }

    [Test]
    public async Task An_answer_that_does_not_exist_cannot_be_followed()
    {
        var answer = Add(A.Session().Answered());
        var anothers = Add(A.Session().OwnedBy("another").Answered());

        foreach (var id in new[] { Guid.CreateVersion7(), answer.QuestionId!.Value, anothers.Id })
            await Should.ThrowAsync<NotFoundException>(() => _service.FollowAsync(id));
    }

    [Test]
    public async Task A_follower_that_leaves_does_not_stop_the_answer()
    {
        var model = Reply.Gated();
        var asked = await _service.BeginAsync(model, "Tok");
        asked.Answer.Dispose();
        using (await _service.Sender.Send(new FollowAnswer(asked.AnswerId(), Position.Start))) { }
        model.Finish("yo.");
        await _service.WaitForEndAsync(asked.AnswerId());

        _service.Database.Answer(asked.AnswerId()).Content.ShouldBe("Tokyo.");
    }

    /// <returns>The answer of the session.</returns>
    private Message Add(SessionBuilder session) => _service.Database.Add(session).Messages.Last();
}
