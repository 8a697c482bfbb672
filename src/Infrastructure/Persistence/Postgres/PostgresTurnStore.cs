using Microsoft.Extensions.Logging;
using Npgsql;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Domain.Sessions;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Stores turns in PostgreSQL: one statement opens a turn, and one closes it.</summary>
internal sealed class PostgresTurnStore(
    PostgresStatements database,
    PostgresFaults faults,
    PostgresClock databaseClock,
    DatabaseOptions options,
    TimeProvider clock,
    ILogger<PostgresTurnStore> logger
) : ITurnStore
{
    /// <summary>The factor by which opening a turn may exceed the time limit of a statement, to determine its outcome.</summary>
    private const double TimeoutFactor = 1.5;

    private const int MaxRetries = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RemovalPause = TimeSpan.FromSeconds(1);

    public async Task<OpenedTurn?> OpenAsync(TurnOpening opening, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var limit = options.Timeout * TimeoutFactor;
        var start = clock.GetTimestamp();
        // A statement that is executed after the deadline has no effect, so that the outcome is final from then on.
        var deadline = databaseClock.Now + limit;
        var isInDoubt = false;
        try
        {
            for (var retries = 0; ; retries++)
            {
                var wasSent = false;
                try
                {
                    var remaining = limit - clock.GetElapsedTime(start);
                    return await TryOpenAsync(
                        opening,
                        deadline,
                        remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero,
                        () => wasSent = true
                    );
                }
                catch (DatabaseUnavailableException exception)
                {
                    // An error of the server means that the turn was not stored; without a response the outcome is unknown.
                    var isUnknown = wasSent && exception.InnerException is not PostgresException;
                    isInDoubt |= isUnknown;
                    if (clock.GetElapsedTime(start) >= limit || !isUnknown && !IsRetryable(exception, retries))
                        throw;
                }

                // A retry with the same ids either detects the stored turn or stores it.
                await Task.Delay(Pause, clock, CancellationToken.None);
            }
        }
        catch (Exception) when (isInDoubt)
        {
            _ = RemoveAsync(opening, deadline);
            throw;
        }
    }

    public async Task<bool> CloseAsync(TurnClosing closing, CancellationToken cancellationToken)
    {
        var answer = closing.Turn.Answer;
        var isOwn = await database.QueryAsync(
            closing.HasParts || answer.Takeovers > 0 ? PostgresTurnSql.CloseWithPieces : PostgresTurnSql.Close,
            parameters => parameters.AddEnd(closing),
            static async (rows, stop) => await rows.ReadAsync(stop),
            cancellationToken
        );
        // An earlier attempt whose confirmation was lost may have closed the turn.
        return isOwn
            || await database.QueryAsync(
                PostgresTurnSql.IsClosed,
                parameters =>
                {
                    parameters.AddValue(answer.Id);
                    parameters.AddValue(closing.WorkerId);
                    parameters.AddValue(answer.Takeovers);
                },
                static async (rows, stop) => await rows.ReadAsync(stop),
                cancellationToken
            );
    }

    private bool IsRetryable(DatabaseUnavailableException exception, int retries) =>
        retries < MaxRetries && exception.InnerException is { } cause && faults.IsRetryable(cause);

    private async Task<OpenedTurn?> TryOpenAsync(
        TurnOpening opening,
        DateTimeOffset deadline,
        TimeSpan remaining,
        Action onSending
    )
    {
        try
        {
            return await database.QueryOnceAsync(
                PostgresTurnSql.Open(opening),
                parameters => parameters.AddOpening(opening, deadline),
                (rows, stop) => ReadOpenedAsync(rows, opening, stop),
                remaining,
                onSending,
                CancellationToken.None
            );
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return exception.ConstraintName switch
            {
                PostgresTurnSql.OneOpenAnswer => throw new SessionBusyException(opening.Turn.Answer.SessionId),
                PostgresTurnSql.OneRecord => null,
                // Only this turn has these ids: an earlier attempt stored it, and its confirmation was lost.
                _ => await ReadPastAsync(opening),
            };
        }
    }

    private async Task<OpenedTurn?> ReadOpenedAsync(
        NpgsqlDataReader rows,
        TurnOpening opening,
        CancellationToken cancellationToken
    )
    {
        var past = new List<PastTurn>(opening.HistoryTurns);
        var mayHaveDocuments = false;
        var answer = opening.Turn.Answer;
        while (await rows.ReadAsync(cancellationToken))
        {
            var isOpened = !rows.IsDBNull(0);
            var openAnswer = rows.IsDBNull(2) ? (Guid?)null : rows.GetGuid(2);
            if (!isOpened && openAnswer == answer.Id)
                return await ReadPastAsync(opening);
            if (!isOpened)
                throw !rows.GetBoolean(1) ? new NotFoundException("session", answer.SessionId)
                : openAnswer is not null ? new SessionBusyException(answer.SessionId)
                : new DatabaseUnavailableException("The database did not answer in time.");
            mayHaveDocuments = rows.GetBoolean(6);
            if (rows.IsDBNull(3))
                continue;
            past.Add(PastTurn.Of(rows.GetString(3), rows.GetString(4), rows.GetBoolean(5)));
        }

        return new OpenedTurn(past, mayHaveDocuments);
    }

    private Task<OpenedTurn> ReadPastAsync(TurnOpening opening) =>
        database.QueryAsync(
            PostgresTurnSql.Past(opening.HistoryTurns),
            parameters => parameters.AddValue(opening.Turn.Answer.SessionId),
            static async (rows, stop) =>
            {
                var past = new List<PastTurn>();
                while (await rows.ReadAsync(stop))
                    past.Add(PastTurn.Of(rows.GetString(1), rows.GetString(2), rows.GetBoolean(3)));
                past.Reverse();
                return new OpenedTurn(past, MayHaveDocuments: true);
            },
            CancellationToken.None
        );

    /// <summary>
    /// Removes a turn that was reported as not stored, in case a statement that began before the deadline stored it. It runs as
    /// soon as the database is available, and a second time for a statement that was about to end.
    /// </summary>
    private async Task RemoveAsync(TurnOpening opening, DateTimeOffset deadline)
    {
        for (var times = 0; times < 2; )
            try
            {
                var remaining = deadline - databaseClock.Now;
                await Task.Delay(remaining > RemovalPause ? remaining : RemovalPause, clock);
                await database.ExecuteAsync(
                    opening.NewSession is null ? PostgresTurnSql.RemoveTurn : PostgresTurnSql.RemoveSession,
                    parameters => parameters.AddRemoval(opening),
                    CancellationToken.None
                );
                times++;
            }
            catch (DatabaseUnavailableException)
            {
                // Retried until the database is available.
            }
            catch (Exception exception)
            {
                logger.LogError(exception, "Could not determine whether a question was stored");
                return;
            }
    }
}
