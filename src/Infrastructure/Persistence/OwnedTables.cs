using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using QrAi.Application.OwnerData;
using QrAi.Application.Persistence;
using QrAi.Domain.Callers;

namespace QrAi.Infrastructure.Persistence;

/// <summary>The tables of the model with a column for the owner.</summary>
internal sealed class OwnedTables(IQrAiDbContextFactory databases) : IOwnedTables
{
    private const string Owner = nameof(IOwned.Owner);

    /// <summary>
    /// The number of rows of a statement. A row on which others depend is deleted alone, as a large document has many thousands.
    /// </summary>
    private const int Batch = 500;

    public async Task<IReadOnlyList<OwnedRows>> CountAsync(string owner, CancellationToken cancellationToken)
    {
        await using var database = (QrAiDbContext)await databases.OpenSnapshotAsync(owner, cancellationToken);
        var counts = new List<OwnedRows>();
        foreach (var table in TablesOf(database.Model))
            counts.Add(
                new OwnedRows(table.GetTableName()!, await RowsOf(table).CountAsync(database, owner, cancellationToken))
            );
        return counts;
    }

    public async Task DeleteAsync(string owner, CancellationToken cancellationToken)
    {
        await using var database = (QrAiDbContext)databases.CreateFor(owner);
        foreach (var table in TablesOf(database.Model).Where(table => !IsDeletedWithAnother(table)))
        {
            var batch = table.GetReferencingForeignKeys().Any() ? 1 : Batch;
            int deleted;
            do deleted = await RowsOf(table).DeleteAsync(database, owner, batch, cancellationToken);
            while (deleted == batch);
        }
    }

    private static IEnumerable<IEntityType> TablesOf(IModel model) =>
        model.GetEntityTypes().Where(entity => entity.FindProperty(Owner) is not null);

    /// <summary>Whether the database deletes each row of a table together with the row of another one of the owner's.</summary>
    private static bool IsDeletedWithAnother(IEntityType table) =>
        table
            .GetForeignKeys()
            .Any(key =>
                key is { IsRequired: true, DeleteBehavior: DeleteBehavior.Cascade }
                && key.PrincipalEntityType.FindProperty(Owner) is not null
            );

    private static IRows RowsOf(IEntityType table) =>
        (IRows)Activator.CreateInstance(typeof(Rows<>).MakeGenericType(table.ClrType))!;

    private interface IRows
    {
        Task<long> CountAsync(QrAiDbContext database, string owner, CancellationToken cancellationToken);

        Task<int> DeleteAsync(QrAiDbContext database, string owner, int limit, CancellationToken cancellationToken);
    }

    private sealed class Rows<T> : IRows
        where T : class
    {
        public Task<long> CountAsync(QrAiDbContext database, string owner, CancellationToken cancellationToken) =>
            Of(database, owner).LongCountAsync(cancellationToken);

        public Task<int> DeleteAsync(
            QrAiDbContext database,
            string owner,
            int limit,
            CancellationToken cancellationToken
        ) =>
            Of(database, owner)
                // Any order: this one needs no sorting, and lets the database use an index by owner.
                .OrderBy(row => EF.Property<string>(row, Owner))
                .Take(limit)
                .ExecuteDeleteAsync(cancellationToken);

        // Explicitly, as the filter also returns what other owners share.
        private static IQueryable<T> Of(QrAiDbContext database, string owner) =>
            database.Set<T>().Where(row => EF.Property<string>(row, Owner) == owner);
    }
}
