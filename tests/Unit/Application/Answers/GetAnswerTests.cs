using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Domain.Sessions;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Answers;

/// <summary>Reading an answer whose state in this process and in the database may differ.</summary>
public sealed class GetAnswerTests : IDisposable
{
    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task An_answer_that_another_process_generates_is_read_with_its_recorded_text()
    {
        using var other = new Service(sharedWith: _service);
        var asked = await other.BeginAsync(Reply.Gated(), "Tok");
        var before = await _service.Sender.Send(new GetAnswer(asked.AnswerId()));
        other.Pass(TimeSpan.FromMilliseconds(100));
        var after = await _service.Sender.Send(new GetAnswer(asked.AnswerId()));

        (before.Status, before.Content, before.Provider).ShouldBe((MessageStatus.Generating, "", null));
        (after.Status, after.Content, after.Provider).ShouldBe((MessageStatus.Generating, "Tok", "openrouter"));
    }

    [Test]
    public async Task An_answer_that_this_process_generates_is_read_without_the_database()
    {
        var asked = await _service.BeginAsync(Reply.Gated(), "Tok");
        _service.Database.IsDown = true;

        (await _service.Sender.Send(new GetAnswer(asked.AnswerId()))).Content.ShouldBe("Tok");
    }

    [Test]
    public async Task An_answer_that_has_ended_is_read_as_it_was_stored()
    {
        var answerId = _service.Database.Add(A.Session().Cancelled(sofar: "Kept")).Messages.Last().Id;

        var answer = await _service.Sender.Send(new GetAnswer(answerId));

        (answer.Status, answer.Content, answer.Provider).ShouldBe((MessageStatus.Cancelled, "Kept", "openrouter"));
    }

    [Test]
    public async Task Neither_a_question_nor_an_unknown_id_is_an_answer()
    {
        var question = _service.Database.Add(A.Session().Answered()).Messages.First();

        foreach (var id in new[] { question.Id, Guid.CreateVersion7() })
            (
                await Should.ThrowAsync<NotFoundException>(() => _service.Sender.Send(new GetAnswer(id)))
            ).Message.ShouldBe($"There is no answer {id}.");
    }
}
