using Microsoft.Extensions.Logging;
using QrAi.Application.Answers;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Application.Answers;

public sealed class RecordAnswerEndedTests
{
    [Test]
    public async Task The_log_says_which_answer_ended_how_and_what_it_took()
    {
        var log = new ListLog();
        using var loggers = new LoggerFactory([log]);
        var ended = new AnswerEnded(
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            MessageStatus.Failed,
            "openrouter",
            "some/model",
            9,
            2,
            TimeSpan.FromSeconds(3),
            "provider_failed"
        );

        await new RecordAnswerEnded(loggers.CreateLogger<RecordAnswerEnded>()).Handle(ended, CancellationToken.None);

        var line = log.Lines.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Information);
        line.Message.ShouldBe(
            $"Answer {ended.AnswerId} of session {ended.SessionId} Failed by openrouter some/model after 2 attempts, "
                + "9 tokens, 3000 ms provider_failed"
        );
    }
}
