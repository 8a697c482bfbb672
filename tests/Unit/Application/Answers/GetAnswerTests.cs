using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Application.Answers;

/// <summary>Reading an answer of which this process and the database may know different things.</summary>
public sealed class GetAnswerTests : IDisposable
{
    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task An_answer_that_another_process_generates_is_read_as_it_is_kept()
    {
        var answerId = _service.Database.Add(A.Session().Asked()).OpenAnswerId!.Value;

        var answer = await _service.Sender.Send(new GetAnswer(answerId));

        (answer.Status, answer.Content, answer.Provider).ShouldBe((MessageStatus.Generating, "", null));
    }

    [Test]
    public async Task An_answer_that_has_ended_is_read_as_it_was_kept_whatever_was_told_here()
    {
        var session = _service.Database.Add(A.Session().Cancelled(sofar: "Kept"));
        var answerId = session.Messages.Last().Id;
        var told = _service.Events.Open(Owners.Unauthenticated, answerId);
        told.Append(new AnswerEvent.Started(session.Id, session.Messages.First().Id, answerId, "google-ai", "gemini"));
        told.Append(new AnswerEvent.Delta("Told"));

        var answer = await _service.Sender.Send(new GetAnswer(answerId));

        (answer.Status, answer.Content, answer.Provider).ShouldBe((MessageStatus.Cancelled, "Kept", "openrouter"));
    }

    [Test]
    public async Task Neither_a_question_nor_what_is_not_there_is_an_answer()
    {
        var question = _service.Database.Add(A.Session().Answered()).Messages.First();

        foreach (var id in new[] { question.Id, Guid.CreateVersion7() })
            (
                await Should.ThrowAsync<NotFoundException>(() => _service.Sender.Send(new GetAnswer(id)))
            ).Message.ShouldBe($"There is no answer {id}.");
    }
}
