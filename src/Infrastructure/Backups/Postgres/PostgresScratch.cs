using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>
/// An empty database on the same server, for a restore. Its process holds an advisory lock that ends with the
/// connection. A scratch database without a lock is a leftover of a killed process; the next process drops it.
/// </summary>
internal sealed class PostgresScratch : IAsyncDisposable
{
    private const string Prefix = "qrai_scratch_";

    // "qras" in ASCII; the second half of the key is the database's number.
    private const int LockClass = 0x71726173;

    private const string CreateLike = """
        SELECT format(
          'CREATE DATABASE %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L',
          $2, pg_encoding_to_char(encoding), datcollate, datctype
        )
        FROM pg_database WHERE datname = $1
        """;

    private static readonly TimeSpan DropTimeout = TimeSpan.FromMinutes(1);

    private readonly int _number = RandomNumberGenerator.GetInt32(int.MaxValue);
    private bool _exists;

    private PostgresScratch(NpgsqlConnection maintenance) => Maintenance = maintenance;

    /// <summary>The connection that holds the lock, to another database of the server.</summary>
    public NpgsqlConnection Maintenance { get; }

    /// <summary>The unique part of the name.</summary>
    public string Suffix => SuffixOf(_number);

    /// <summary>The database's name.</summary>
    public string Name => Prefix + Suffix;

    /// <summary>Drops leftovers, and creates one with the encoding and the locale of the server's own database.</summary>
    public static async Task<PostgresScratch> CreateAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        var scratch = new PostgresScratch(await server.OpenMaintenanceAsync(cancellationToken));
        try
        {
            await scratch.DropLeftoversAsync(cancellationToken);
            await scratch.CreateLikeAsync(server.Address.Database, cancellationToken);
            return scratch;
        }
        catch (Exception exception)
        {
            await scratch.DisposeAsync();
            if (exception is NpgsqlException)
                throw PostgresServer.Failed(
                    "The scratch database could not be created (the user needs the right to create databases)",
                    exception
                );
            throw;
        }
    }

    /// <summary>Prevents the drop of the database, which has been renamed.</summary>
    public void Keep() => _exists = false;

    /// <summary>Drops the database, unless it was renamed.</summary>
    public async ValueTask DisposeAsync()
    {
        await using var owned = Maintenance;
        if (!_exists)
            return;
        _exists = false;
        using var limit = new CancellationTokenSource(DropTimeout);
        try
        {
            await PostgresServer.DropAsync(Maintenance, Name, limit.Token);
        }
        catch (Exception exception)
            when (exception is NpgsqlException or OperationCanceledException or InvalidOperationException)
        {
            // The connection is lost: the next process drops the leftover. The first failure is more informative.
        }
    }

    private static string SuffixOf(int number) => number.ToString("x8", CultureInfo.InvariantCulture);

    private async Task CreateLikeAsync(string database, CancellationToken cancellationToken)
    {
        await LockAsync("SELECT pg_advisory_lock($1, $2)", _number, cancellationToken);
        var create =
            await PostgresContents.TextAsync(Maintenance, CreateLike, cancellationToken, database, Name)
            ?? throw new BackupFailedException($"There is no database {database}; create an empty one first.");
        _exists = true;
        await PostgresContents.ExecuteAsync(Maintenance, create, cancellationToken);
    }

    private async Task DropLeftoversAsync(CancellationToken cancellationToken)
    {
        foreach (var number in await ListAsync(cancellationToken))
        {
            if (!await LockAsync("SELECT pg_try_advisory_lock($1, $2)", number, cancellationToken))
                continue; // another process uses it
            await PostgresServer.DropAsync(Maintenance, Prefix + SuffixOf(number), cancellationToken);
            await LockAsync("SELECT pg_advisory_unlock($1, $2)", number, cancellationToken);
        }
    }

    private async Task<List<int>> ListAsync(CancellationToken cancellationToken)
    {
        var numbers = new List<int>();
        await using var command = new NpgsqlCommand(
            "SELECT datname FROM pg_database WHERE starts_with(datname, $1) AND pg_get_userbyid(datdba) = current_user",
            Maintenance
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Prefix });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            if (
                int.TryParse(
                    reader.GetString(0).AsSpan(Prefix.Length),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out var number
                )
            )
                numbers.Add(number);
        return numbers;
    }

    [SuppressMessage("Security", "CA2100", Justification = "The callers' constants.")]
    private async Task<bool> LockAsync(string sql, int number, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, Maintenance);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = LockClass });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
