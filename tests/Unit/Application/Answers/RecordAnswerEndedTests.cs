using Microsoft.Extensions.Logging;
using QrAi.Application.Answers;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Application.Answers;

public sealed class RecordAnswerEndedTests
{
    private readonly ListLog _log = new();

    [Test]
    public async Task The_log_says_which_answer_ended_how_and_what_it_took()
    {
        var ended = await RecordAsync(MessageStatus.Completed, error: null);

        var line = _log.Lines.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Information);
        line.Message.ShouldBe(
            $"Answer {ended.AnswerId} of session {ended.SessionId} Completed by openrouter some/model: attempts 2, "
                + "tokens 9, 3000 ms"
        );
    }

    [Test]
    public async Task An_answer_that_failed_is_a_warning_with_its_code()
    {
        var ended = await RecordAsync(MessageStatus.Failed, "provider_failed");

        var line = _log.Lines.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Warning);
        line.Message.ShouldBe(
            $"Answer {ended.AnswerId} of session {ended.SessionId} failed, provider_failed: attempts 2, 3000 ms"
        );
    }

    private async Task<AnswerEnded> RecordAsync(MessageStatus status, string? error)
    {
        using var loggers = new LoggerFactory([_log]);
        var ended = new AnswerEnded(
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            status,
            "openrouter",
            "some/model",
            9,
            2,
            TimeSpan.FromSeconds(3),
            error
        );
        await new RecordAnswerEnded(loggers.CreateLogger<RecordAnswerEnded>()).Handle(ended, CancellationToken.None);
        return ended;
    }
}
