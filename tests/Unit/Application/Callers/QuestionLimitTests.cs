using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Questions;
using QrAi.Application.Sessions;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Application.Completions;

namespace QrAi.Tests.Unit.Application.Callers;

/// <summary>A limit of two questions at once, and one more every ten seconds.</summary>
public sealed class QuestionLimitTests : IDisposable
{
    private readonly Service _service = new(clock => new QuestionLimit(6, 2, clock));

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task Questions_and_completions_count_and_other_requests_do_not()
    {
        _service.Models.Default = Reply.Answer("Yes.");
        await _service.Sender.Send(new AskQuestion("Why?", null, null, null));
        await _service.Sender.CompleteAsync().Soon();
        await _service.Sender.Send(new CreateSession("Not a question"));

        (await Should.ThrowAsync<RateLimitedException>(() => AskAsync())).Wait.ShouldBe(TimeSpan.FromSeconds(10));
        (await Should.ThrowAsync<RateLimitedException>(_service.Sender.CompleteAsync())).Message.ShouldBe(
            "The caller has exceeded the rate limit of questions."
        );
        await Should.ThrowAsync<RateLimitedException>(_service.Sender.CompleteAsync(Chats.Stored()));

        _service.Clock.Advance(TimeSpan.FromSeconds(10));
        await AskAsync();
        _service.Models.Requests.Count.ShouldBe(3);
    }

    [Test]
    public async Task A_repeated_question_does_not_count()
    {
        for (var time = 0; time < 5; time++)
            await _service.WithKey("key").Send(new AskQuestion("Why?", null, null, null));
        await AskAsync();

        await Should.ThrowAsync<RateLimitedException>(() => AskAsync());
    }

    [Test]
    public async Task A_part_that_was_rejected_counts_when_it_is_sent_again()
    {
        await _service.WithKey("key", part: "a").Send(new AskQuestion("Why?", null, null, null));
        await AskAsync();

        var again = _service.WithKey("key", part: "b");

        await Should.ThrowAsync<RateLimitedException>(() => again.Send(new AskQuestion("Why?", null, null, null)));
    }

    private Task<AskedQuestion> AskAsync() => _service.Sender.Send(new AskQuestion("Why?", null, null, null));
}
