using Microsoft.Extensions.Logging;
using Npgsql;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Domain.Sessions;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Keeps turns in PostgreSQL, each end of one in one statement.</summary>
internal sealed class PostgresTurnStore(
    PostgresStatements database,
    PostgresFaults faults,
    PostgresClock databaseClock,
    DatabaseOptions options,
    TimeProvider clock,
    ILogger<PostgresTurnStore> logger
) : ITurnStore
{
    /// <summary>How much longer than one statement the outcome of a save is looked for.</summary>
    private const double LongestDoubt = 1.5;

    private const int MaxRepeats = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ForgettingPause = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<PastTurn>?> OpenAsync(TurnOpening opening, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var time = options.Timeout * LongestDoubt;
        var start = clock.GetTimestamp();
        // After the deadline a statement does nothing, wherever it waited until then: what is not kept by then never is.
        var deadline = databaseClock.Now + time;
        var isInDoubt = false;
        try
        {
            for (var repeats = 0; ; repeats++)
            {
                var wasSent = false;
                try
                {
                    var left = time - clock.GetElapsedTime(start);
                    return await TryOpenAsync(
                        opening,
                        deadline,
                        left > TimeSpan.Zero ? left : TimeSpan.Zero,
                        () => wasSent = true
                    );
                }
                catch (DatabaseUnavailableException exception)
                {
                    // What the server itself refuses it has not kept; of what it does not answer nobody knows.
                    var isLost = wasSent && exception.InnerException is not PostgresException;
                    isInDoubt |= isLost;
                    if (clock.GetElapsedTime(start) >= time || !isLost && !IsWorthRepeating(exception, repeats))
                        throw;
                }

                // The same ids once more: either the first try was kept, which is seen, or it was not, and this one is.
                await Task.Delay(Pause, clock, CancellationToken.None);
            }
        }
        catch (Exception) when (isInDoubt)
        {
            _ = ForgetAsync(opening, deadline);
            throw;
        }
    }

    public async Task<bool> CloseAsync(TurnClosing closing, CancellationToken cancellationToken)
    {
        var answer = closing.Turn.Answer;
        var isOwn = await database.QueryAsync(
            closing.HasPieces || answer.Takeovers > 0 ? PostgresTurnSql.CloseWithPieces : PostgresTurnSql.Close,
            parameters => parameters.AddEnd(answer, closing.WorkerId),
            static async (rows, stop) => await rows.ReadAsync(stop),
            cancellationToken
        );
        // A try before may have been kept whose confirmation was lost.
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

    private bool IsWorthRepeating(DatabaseUnavailableException exception, int repeats) =>
        repeats < MaxRepeats && exception.InnerException is { } cause && faults.IsWorthRepeating(cause);

    private async Task<IReadOnlyList<PastTurn>?> TryOpenAsync(
        TurnOpening opening,
        DateTimeOffset deadline,
        TimeSpan left,
        Action sent
    )
    {
        try
        {
            return await database.QueryOnceAsync(
                PostgresTurnSql.Open(opening),
                parameters => parameters.AddOpening(opening, deadline),
                (rows, stop) => ReadOpenedAsync(rows, opening, stop),
                left,
                sent,
                CancellationToken.None
            );
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return exception.ConstraintName switch
            {
                PostgresTurnSql.OneOpenAnswer => throw new SessionBusyException(opening.Turn.Answer.SessionId),
                PostgresTurnSql.OneRecord => null,
                // Only this turn has these ids: a try before was kept, whose confirmation was lost.
                _ => await ReadPastAsync(opening),
            };
        }
    }

    private async Task<IReadOnlyList<PastTurn>?> ReadOpenedAsync(
        NpgsqlDataReader rows,
        TurnOpening opening,
        CancellationToken cancellationToken
    )
    {
        var past = new List<PastTurn>(opening.HistoryTurns);
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
            if (rows.IsDBNull(3))
                continue;
            past.Add(new PastTurn(rows.GetString(3), rows.GetString(4)));
        }

        return past;
    }

    private Task<List<PastTurn>> ReadPastAsync(TurnOpening opening) =>
        database.QueryAsync(
            PostgresTurnSql.Past(opening.HistoryTurns),
            parameters => parameters.AddValue(opening.Turn.Answer.SessionId),
            static async (rows, stop) =>
            {
                var past = new List<PastTurn>();
                while (await rows.ReadAsync(stop))
                    past.Add(new PastTurn(rows.GetString(1), rows.GetString(2)));
                past.Reverse();
                return past;
            },
            CancellationToken.None
        );

    /// <summary>
    /// The caller was told that the turn is not kept. A statement that the server had begun before the deadline may still
    /// have kept it: then it goes, as soon as the database can be asked, and once more for one that was about to end.
    /// </summary>
    private async Task ForgetAsync(TurnOpening opening, DateTimeOffset deadline)
    {
        for (var times = 0; times < 2; )
            try
            {
                var left = deadline - databaseClock.Now;
                await Task.Delay(left > ForgettingPause ? left : ForgettingPause, clock);
                await database.ExecuteAsync(
                    opening.NewSession is null ? PostgresTurnSql.ForgetTurn : PostgresTurnSql.ForgetSession,
                    parameters => parameters.AddForgetting(opening),
                    CancellationToken.None
                );
                times++;
            }
            catch (DatabaseUnavailableException)
            {
                // It is looked for until the database can say.
            }
            catch (Exception exception)
            {
                logger.LogError(exception, "Whether a question was kept could not be found out");
                return;
            }
    }
}
