using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

/// <summary>The words by which databases know the states of messages.</summary>
internal static class MessageWords
{
    /// <summary>The word of a status.</summary>
    public static string Of(MessageStatus status) =>
        status switch
        {
            MessageStatus.Completed => "completed",
            MessageStatus.Generating => "generating",
            MessageStatus.Failed => "failed",
            MessageStatus.Cancelled => "cancelled",
            _ => throw new ArgumentOutOfRangeException(nameof(status)),
        };
}
