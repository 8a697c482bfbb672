using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

/// <summary>The names of message statuses in the databases.</summary>
internal static class MessageStatusNames
{
    /// <summary>Returns the name of a status.</summary>
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
