using System.Text.Json;
using Microsoft.Data.Sqlite;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Stores turns in SQLite: one transaction opens a turn, and one closes it.</summary>
internal sealed class SqliteTurnStore(SqliteStatements database, DatabaseOptions options, TimeProvider clock)
    : ITurnStore
{
    private const int ConstraintViolation = 19; // SQLITE_CONSTRAINT, https://sqlite.org/rescode.html

    private const string OpenInSession = """
        UPDATE sessions SET
          message_count = message_count + 2,
          title = CASE WHEN is_titled THEN title ELSE @title END,
          folded_title = CASE WHEN is_titled THEN folded_title ELSE @folded END,
          is_titled = 1,
          updated_at = max(updated_at + 10, @now)
        WHERE id = @session AND owner = @owner
          AND NOT EXISTS (SELECT 1 FROM messages WHERE session_id = @session AND status = 'generating')
        RETURNING message_count
        """;

    private const string OpenNewSession = """
        INSERT INTO sessions (id, owner, title, folded_title, is_titled, message_count, created_at, updated_at)
        VALUES (@session, @owner, @title, @folded, 1, 2, @now, @now)
        RETURNING message_count
        """;

    private const string AddMessages = """
        INSERT INTO messages
          (id, session_id, owner, question_id, number, role, content, status, created_at, completed_at, worker_id, request)
        VALUES
          (@question, @session, @owner, NULL, @count - 1, 'user', @text, 'completed', @now, @now, NULL, NULL),
          (@answer, @session, @owner, @question, @count, 'assistant', '', 'generating', @now, NULL, @worker, @request)
        """;

    private const string AddRecord = """
        INSERT INTO idempotency_records (id, owner, key, part, fingerprint, created_at, answer_id)
        VALUES (@record, @owner, @key, @part, @fingerprint, @now, @answer)
        """;

    /// <summary>Selects the last answered turns, newest first: <c>@session</c>, and <c>@turns</c>, their maximum number.</summary>
    internal const string ReadPast = """
        SELECT (SELECT question.content FROM messages AS question WHERE question.id = answer.question_id), answer.content,
          answer.sources IS NOT NULL
        FROM messages AS answer
        WHERE answer.session_id = @session AND answer.role = 'assistant' AND answer.status = 'completed'
        ORDER BY answer.number DESC LIMIT @turns
        """;

    private const string MayHaveDocuments = """
        SELECT EXISTS (SELECT 1 FROM index_segments WHERE owner = @owner AND kind = 'documents')
          OR EXISTS (SELECT 1 FROM index_segments WHERE is_shared)
        """;

    private const string SessionExists = "SELECT 1 FROM sessions WHERE id = @session AND owner = @owner";

    // The conditions on worker and takeovers are the fencing: a worker that was considered dead changes nothing.
    private const string Close = """
        UPDATE messages SET status = @status, content = @content, provider = @provider, model = @model,
          finish_reason = @reason, usage_prompt_tokens = @prompt, usage_completion_tokens = @completion,
          usage_total_tokens = @total, attempts = @attempts, error_code = @code, error_message = @message,
          completed_at = @now, run = @run, sources = coalesce(@sources, sources), usage_cached_tokens = @cached,
          usage_cost = @cost, request = NULL
        WHERE id = @id AND worker_id = @worker AND takeovers = @takeovers AND status = 'generating'
        """;

    // A deleted answer cannot be ended, but its calls were made. An answer of another worker has them from there.
    private const string AddCalls = $"""
        {SqliteUsageSql.Insert}
        WHERE @ended OR NOT EXISTS (SELECT 1 FROM messages WHERE messages.id = @id)
        ON CONFLICT (id) DO NOTHING
        """;

    private const string Release = """
        DELETE FROM reservations WHERE id = @id
          AND (@ended OR NOT EXISTS (SELECT 1 FROM messages WHERE messages.id = @id))
        """;

    private const string RemovePieces = "DELETE FROM answer_pieces WHERE answer_id = @id";

    private const string IsClosed = """
        SELECT 1 FROM messages WHERE id = @id AND worker_id = @worker AND takeovers = @takeovers AND status <> 'generating'
        """;

    public async Task<OpenedTurn?> OpenAsync(TurnOpening opening, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = clock.GetTimestamp();
        try
        {
            return await database.WriteAsync(
                write => Task.FromResult(Open(opening, write)),
                // After the time limit the turn has been reported as not stored.
                mayCommit: () => clock.GetElapsedTime(start) < options.Timeout
            );
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == ConstraintViolation)
        {
            // With a record, a concurrent request with the same key was first.
            return opening.Record is null ? throw new SessionBusyException(opening.Turn.Answer.SessionId) : null;
        }
    }

    public Task<bool> CloseAsync(TurnClosing closing, CancellationToken cancellationToken) =>
        database.WriteAsync(write =>
        {
            var answer = closing.Turn.Answer;
            var own = new (string, object?)[]
            {
                ("@id", answer.Id),
                ("@worker", closing.WorkerId),
                ("@takeovers", answer.Takeovers),
            };
            var isEnded =
                write.Execute(
                    Close,
                    [.. own, .. EndOf(answer), ("@sources", SourcesJson.Write(closing.UnrecordedSources))]
                ) > 0;
            write.Execute(
                AddCalls,
                ("@id", answer.Id),
                ("@ended", isEnded),
                ("@calls", UsageJson.Write(closing.Calls))
            );
            write.Execute(Release, ("@id", answer.Id), ("@ended", isEnded));
            if (!isEnded)
                return Task.FromResult(write.Query(IsClosed, _ => true, own).Count > 0);
            write.Execute(RemovePieces, ("@id", answer.Id));
            return Task.FromResult(true);
        });

    private static OpenedTurn Open(TurnOpening opening, SqliteTransactionScope write)
    {
        var (question, answer) = (opening.Turn.Question, opening.Turn.Answer);
        var title = opening.NewSession?.Title ?? opening.Turn.Title;
        var session = ("@session", (object)answer.SessionId);
        var owner = ("@owner", (object)answer.Owner);
        var now = ("@now", (object)question.CreatedAt.UtcTicks);
        var counts = write.Query(
            opening.NewSession is null ? OpenInSession : OpenNewSession,
            row => row.GetInt32(0),
            session,
            owner,
            now,
            ("@title", title),
            ("@folded", Session.FoldTitle(title))
        );
        if (counts is not [var count])
            throw write.Query(SessionExists, _ => true, session, owner).Count > 0
                ? new SessionBusyException(answer.SessionId)
                : new NotFoundException("session", answer.SessionId);

        write.Execute(
            AddMessages,
            session,
            owner,
            now,
            ("@question", question.Id),
            ("@answer", answer.Id),
            ("@count", count),
            ("@text", question.Content),
            ("@worker", opening.WorkerId),
            ("@request", opening.Request)
        );
        if (opening.Record is { } record)
            write.Execute(
                AddRecord,
                owner,
                now,
                ("@record", record.Id),
                ("@key", record.Key),
                ("@part", record.Part),
                ("@fingerprint", record.Fingerprint),
                ("@answer", answer.Id)
            );
        return new OpenedTurn(
            opening.NewSession is null ? Past(opening, session, write) : [],
            write.Query(MayHaveDocuments, row => row.GetBoolean(0), owner) is [true]
        );
    }

    private static List<PastTurn> Past(
        TurnOpening opening,
        (string Name, object?) session,
        SqliteTransactionScope write
    )
    {
        var turns = write.Query(
            ReadPast,
            row => PastTurn.Of(row.GetString(0), row.GetString(1), row.GetBoolean(2)),
            session,
            ("@turns", opening.HistoryTurns)
        );
        turns.Reverse();
        return turns;
    }

    private static (string, object?)[] EndOf(Message answer) =>
        [
            ("@status", MessageStatusNames.Of(answer.Status)),
            ("@content", answer.Content),
            ("@provider", answer.Provider),
            ("@model", answer.Model),
            ("@reason", answer.FinishReason),
            ("@prompt", answer.Usage?.PromptTokens),
            ("@completion", answer.Usage?.CompletionTokens),
            ("@total", answer.Usage?.TotalTokens),
            ("@cached", answer.Usage?.CachedTokens),
            ("@cost", answer.Usage?.Cost is { } cost ? Picodollars.FromDollars(cost) : null),
            ("@attempts", JsonSerializer.Serialize(answer.Attempts, MessageJson.Stored.IReadOnlyListAttempt)),
            ("@code", answer.Error?.Code),
            ("@message", answer.Error?.Message),
            ("@now", answer.CompletedAt!.Value.UtcTicks),
            ("@run", answer.Run),
        ];
}
