using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Answers;

/// <summary>Logs each answer that has ended, and records its metrics. Texts are never logged.</summary>
internal sealed partial class RecordAnswerEnded(ILogger<RecordAnswerEnded> logger) : INotificationHandler<AnswerEnded>
{
    public Task Handle(AnswerEnded notification, CancellationToken cancellationToken)
    {
        if (notification.ErrorCode is { } code)
            Failed(
                logger,
                notification.AnswerId,
                notification.SessionId,
                code,
                notification.Attempts,
                notification.Duration.TotalMilliseconds
            );
        else
            Ended(
                logger,
                notification.AnswerId,
                notification.SessionId,
                notification.Status,
                notification.Provider,
                notification.Model,
                notification.Attempts,
                notification.TotalTokens,
                notification.Duration.TotalMilliseconds
            );
        AnswerMetrics.Record(notification);
        return Task.CompletedTask;
    }

    [LoggerMessage(
        LogLevel.Information,
        "Answer {AnswerId} of session {SessionId} {Status} by {Provider} {Model}: attempts {Attempts}, tokens {Tokens}, "
            + "{DurationMs:0} ms"
    )]
    private static partial void Ended(
        ILogger logger,
        Guid answerId,
        Guid sessionId,
        MessageStatus status,
        string? provider,
        string? model,
        int attempts,
        int? tokens,
        double durationMs
    );

    [LoggerMessage(
        LogLevel.Warning,
        "Answer {AnswerId} of session {SessionId} failed, {ErrorCode}: attempts {Attempts}, {DurationMs:0} ms"
    )]
    private static partial void Failed(
        ILogger logger,
        Guid answerId,
        Guid sessionId,
        string errorCode,
        int attempts,
        double durationMs
    );
}
