using System.Runtime.CompilerServices;
using QrAi.Application.Idempotency;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Support.Persistence;

/// <summary>Copies and writes entities as a database does, without their rules.</summary>
internal static class Entities
{
    public static Session Copy(this Session session)
    {
        var copy = (Session)MemberwiseClone(session);
        MessagesOf(copy) = [.. session.Messages.Select(Copy)];
        return copy;
    }

    public static Message Copy(this Message message) => (Message)MemberwiseClone(message);

    public static IdempotencyRecord Copy(this IdempotencyRecord record) => (IdempotencyRecord)MemberwiseClone(record);

    /// <summary>Copies from another session what a caller can change: its title and its latest activity.</summary>
    public static void SetTitle(this Session session, Session changed)
    {
        SetTitle(session, changed.Title);
        SetFoldedTitle(session, changed.FoldedTitle);
        SetIsTitled(session, changed.IsTitled);
        SetUpdatedAt(session, changed.UpdatedAt);
    }

    /// <summary>Adds a turn, and numbers its messages.</summary>
    public static void Add(this Session session, Turn turn)
    {
        foreach (var message in new[] { turn.Question.Copy(), turn.Answer.Copy() })
        {
            SetNumber(message, MessagesOf(session).Count + 1);
            MessagesOf(session).Add(message);
        }

        SetMessageCount(session, MessagesOf(session).Count);
        if (turn.Question.CreatedAt > session.UpdatedAt)
            SetUpdatedAt(session, turn.Question.CreatedAt);
    }

    /// <summary>Replaces the open answer with the ended one.</summary>
    public static void Replace(this Session session, Message open, Message ended)
    {
        var copy = ended.Copy();
        SetNumber(copy, open.Number);
        var messages = MessagesOf(session);
        messages[messages.IndexOf(open)] = copy;
    }

    /// <summary>Begins a run of an answer.</summary>
    public static void Begin(this Message answer, int run, string? provider, string? model)
    {
        SetRun(answer, run);
        SetProvider(answer, provider);
        SetModel(answer, model);
    }

    /// <summary>Increments the number of takeovers.</summary>
    public static void TakeOver(this Message answer) => SetTakeovers(answer, answer.Takeovers + 1);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "MemberwiseClone")]
    private static extern object MemberwiseClone(object target);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_messages")]
    private static extern ref List<Message> MessagesOf(Session session);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Title")]
    private static extern void SetTitle(Session session, string title);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_FoldedTitle")]
    private static extern void SetFoldedTitle(Session session, string title);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_IsTitled")]
    private static extern void SetIsTitled(Session session, bool isTitled);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_MessageCount")]
    private static extern void SetMessageCount(Session session, int count);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_UpdatedAt")]
    private static extern void SetUpdatedAt(Session session, DateTimeOffset time);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Number")]
    private static extern void SetNumber(Message message, int number);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Run")]
    private static extern void SetRun(Message message, int run);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Provider")]
    private static extern void SetProvider(Message message, string? provider);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Model")]
    private static extern void SetModel(Message message, string? model);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Takeovers")]
    private static extern void SetTakeovers(Message message, int takeovers);
}
