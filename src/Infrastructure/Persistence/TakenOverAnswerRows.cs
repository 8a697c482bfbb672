using System.Data.Common;
using QrAi.Application.Generations;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Reads answers that were taken over from the rows of both databases.</summary>
internal static class TakenOverAnswerRows
{
    public static async Task<IReadOnlyList<TakenAnswer>> ReadAsync(
        DbDataReader rows,
        CancellationToken cancellationToken
    )
    {
        var taken = new List<TakenAnswer>();
        while (await rows.ReadAsync(cancellationToken))
            taken.Add(Read(rows));
        return taken;
    }

    public static TakenAnswer Read(DbDataReader row) =>
        new(
            row.GetGuid(0),
            row.GetString(1),
            row.GetBoolean(2),
            row.IsDBNull(3) ? null : row.GetString(3),
            row.IsDBNull(4) ? null : row.GetString(4),
            row.IsDBNull(5) ? null : row.GetString(5),
            row.IsDBNull(6) ? "" : row.GetString(6)
        );
}
