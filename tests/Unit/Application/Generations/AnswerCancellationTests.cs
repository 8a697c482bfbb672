using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Application.Questions;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

/// <summary>Answers that are cancelled while they are generated, and after.</summary>
public sealed class AnswerCancellationTests : IDisposable
{
    private readonly Service _service = new();
    private readonly GatedReply _model = Reply.Gated();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task A_cancelled_answer_keeps_its_text_so_far_and_cancelling_again_changes_nothing()
    {
        var asked = await BeginAsync("Tok");
        var cancelled = await _service.Sender.Send(new CancelAnswer(asked.AnswerId())).Soon();
        var again = await _service.Sender.Send(new CancelAnswer(asked.AnswerId())).Soon();

        (cancelled.Status, cancelled.Content).ShouldBe((MessageStatus.Cancelled, "Tok"));
        again.ShouldBe(cancelled with { Attempts = again.Attempts });
        _service.Database.Answer(asked.AnswerId()).Status.ShouldBe(MessageStatus.Cancelled);
        (await _service.FollowAsync(asked.AnswerId())).Lines[^1].ShouldBe("1.3.end Cancelled");
    }

    [Test]
    public async Task Cancelling_a_completed_answer_changes_nothing()
    {
        _service.Models.Enqueue(Reply.Answer("Tokyo."));
        var asked = await _service.AskAsync();
        await _service.FollowAsync(asked.AnswerId()).Soon();

        (await _service.Sender.Send(new CancelAnswer(asked.AnswerId()))).Status.ShouldBe(MessageStatus.Completed);
    }

    [Test]
    public async Task Neither_a_question_nor_an_unknown_id_can_be_cancelled()
    {
        var question = _service.Database.Add(A.Session().Asked()).Messages.First();

        foreach (var other in new[] { question.Id, Guid.CreateVersion7() })
            (
                await Should.ThrowAsync<NotFoundException>(() => _service.Sender.Send(new CancelAnswer(other)))
            ).Message.ShouldBe($"There is no answer {other}.");
    }

    [Test]
    public async Task A_cancellation_reports_that_it_cannot_be_saved_yet()
    {
        var asked = await BeginAsync("Tok");
        var request = (await _service.Models.WaitForRequestsAsync(1))[0];
        var cancelling = CancelWhileTheDatabaseIsDownAsync();
        await request.Aborted.Soon();
        await _service.PassUntilAsync(() => cancelling.IsCompleted);

        (await Should.ThrowAsync<DatabaseUnavailableException>(() => cancelling)).Message.ShouldStartWith(
            "The answer is complete, but the database is unavailable"
        );
        _service.Database.IsDown = false;
        await _service.PassUntilAsync(() =>
            _service.Database.Answer(asked.AnswerId()).Status == MessageStatus.Cancelled
        );
        (await _service.FollowAsync(asked.AnswerId()).Soon()).Lines[^1].ShouldBe("1.3.end Cancelled");

        Task<MessageDto> CancelWhileTheDatabaseIsDownAsync()
        {
            _service.Database.IsDown = true;
            return _service.Sender.Send(new CancelAnswer(asked.AnswerId()));
        }
    }

    private Task<AskedQuestion> BeginAsync(string text) => _service.BeginAsync(_model, text);
}
