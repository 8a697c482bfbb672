using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using QrAi.Application.Search;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>The model in SQLite, with times as integers, since EF Core's text format of times does not sort.</summary>
/// <param name="options">The options, including the file.</param>
public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : QrAiDbContext(options)
{
    // In SQL, as EF Core cannot join a table with a list. So the filter by owner stands here.
    private const string IndexBlocks = """
        SELECT block.segment_id, block.number, block.data
        FROM (
          SELECT DISTINCT segment.id, term.value >> (32 - segment.block_bits) AS number
          FROM index_segments AS segment CROSS JOIN json_each(@p1) AS term
          WHERE segment.kind = @p2 AND (segment.owner = @p0 OR segment.is_shared)
        ) AS wanted
        JOIN index_blocks AS block ON block.segment_id = wanted.id AND block.number = wanted.number
        """;

    private const int ConstraintViolation = 19; // SQLITE_CONSTRAINT, https://sqlite.org/rescode.html

    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();

    /// <inheritdoc />
    public override Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    ) =>
        this.GetService<SqliteFile>()
            .WriteAsync(() => base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken), cancellationToken);

    /// <inheritdoc />
    public override IAsyncEnumerable<IndexBlock> ReadIndexAsync(IndexKind kind, long[] terms) =>
        Set<IndexBlock>()
            .FromSqlRaw(IndexBlocks, Owner!, JsonSerializer.Serialize(terms), EnumNames.Of(kind))
            .AsNoTracking()
            .AsAsyncEnumerable();

    /// <inheritdoc />
    internal override async Task BeginSnapshotAsync(CancellationToken cancellationToken)
    {
        await Database.OpenConnectionAsync(cancellationToken);
        // Deferred: the transaction of EF Core would block writers. The connection ends it when it is closed.
        var transaction = ((SqliteConnection)Database.GetDbConnection()).BeginTransaction(deferred: true);
        await Database.UseTransactionAsync(transaction, cancellationToken);
    }

    /// <inheritdoc />
    protected override bool IsConflict(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: ConstraintViolation };

    // Internal, as the compiled model refers to it.
    internal sealed class UtcTicks()
        : ValueConverter<DateTimeOffset, long>(
            time => time.UtcTicks,
            ticks => new DateTimeOffset(ticks, TimeSpan.Zero)
        );
}
