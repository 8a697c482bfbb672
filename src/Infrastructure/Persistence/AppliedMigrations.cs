using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Reads the applied migrations. EF Core builds a model of their table first, which costs a tenth of a start.</summary>
internal static class AppliedMigrations
{
    /// <summary>Returns the names of the applied migrations.</summary>
    /// <param name="database">The context.</param>
    /// <param name="hasTable">The query that returns 1 if the table of migrations exists, else 0.</param>
    /// <param name="names">The query that returns the names.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    [SuppressMessage("Security", "CA2100", Justification = "The migrators pass constants.")]
    public static async Task<IReadOnlySet<string>> ReadAsync(
        DbContext database,
        string hasTable,
        string names,
        CancellationToken cancellationToken
    )
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = database.Database.GetDbConnection().CreateCommand();
            if (database.Database.GetCommandTimeout() is { } seconds)
                command.CommandTimeout = seconds;
            var applied = new HashSet<string>();
            command.CommandText = hasTable;
            if (Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) == 0)
                return applied;
            command.CommandText = names;
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                applied.Add(rows.GetString(0));
            return applied;
        }
        finally
        {
            await database.Database.CloseConnectionAsync();
        }
    }
}
