using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>
/// The former databases of restores. The comment of such a database, which is set in the transaction that renames it,
/// has its former name and the time.
/// </summary>
internal static partial class PostgresFormer
{
    /// <summary>The prefix of the names of such databases.</summary>
    public const string Prefix = "qrai_before_";

    /// <summary>SQL for the comment, where <c>$1</c> is the database's name.</summary>
    public const string Comment =
        "format('QrAi: %s until a restore at %s', $1, to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))";

    private const string All = """
        SELECT datname, shobj_description(oid, 'pg_database')
        FROM pg_database
        WHERE starts_with(datname, $1) AND pg_has_role(datdba, 'USAGE')
        ORDER BY datname
        """;

    /// <summary>Lists the former databases of a database, and those without a comment.</summary>
    public static async Task<IReadOnlyList<FormerDatabase>> ListAsync(
        NpgsqlConnection maintenance,
        string database,
        CancellationToken cancellationToken
    )
    {
        var found = new List<FormerDatabase>();
        await using var command = new NpgsqlCommand(All, maintenance);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Prefix });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var comment = await rows.IsDBNullAsync(1, cancellationToken) ? "" : rows.GetString(1);
            if (Pattern().Match(comment) is not { Success: true } match)
                found.Add(new FormerDatabase(rows.GetString(0), null));
            else if (match.Groups["database"].Value == database)
                found.Add(
                    new FormerDatabase(
                        rows.GetString(0),
                        DateTimeOffset.Parse(match.Groups["time"].ValueSpan, CultureInfo.InvariantCulture)
                    )
                );
        }

        return found;
    }

    /// <summary>Drops a former database, unless it has connections.</summary>
    public static async Task<bool> DropAsync(
        NpgsqlConnection maintenance,
        string name,
        CancellationToken cancellationToken
    )
    {
        var drop = await PostgresContents.TextAsync(
            maintenance,
            "SELECT format('DROP DATABASE IF EXISTS %I', $1)",
            cancellationToken,
            name
        );
        try
        {
            await PostgresContents.ExecuteAsync(maintenance, drop!, cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            return false;
        }
    }

    [GeneratedRegex("^QrAi: (?<database>.*) until a restore at (?<time>[0-9T:-]+Z)$", RegexOptions.Singleline)]
    private static partial Regex Pattern();
}
