using System.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using QrAi.Application.Search;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>The model in PostgreSQL, with <c>uuid</c>, <c>timestamptz</c> and <c>jsonb</c>.</summary>
/// <param name="options">The options, including the server.</param>
public sealed class PostgresDbContext(DbContextOptions<PostgresDbContext> options) : QrAiDbContext(options)
{
    // In SQL, as EF Core cannot join a table with a list. So the filter by owner stands here.
    private const string IndexBlocks = """
        SELECT block.segment_id, block.number, block.data
        FROM (
          SELECT DISTINCT segment.id, term.value >> (32 - segment.block_bits) AS number
          FROM index_segments AS segment CROSS JOIN unnest(@p1) AS term(value)
          WHERE segment.kind = @p2 AND (segment.owner = @p0 OR segment.is_shared)
        ) AS wanted
        JOIN index_blocks AS block ON block.segment_id = wanted.id AND block.number = wanted.number
        """;

    // The server's limits of a service are too short for what is written to a slow disk or a pipe meanwhile.
    private const string LimitSnapshot = """
        SET TRANSACTION READ ONLY;
        SET LOCAL statement_timeout = '10min';
        SET LOCAL idle_in_transaction_session_timeout = '10min'
        """;

    private static readonly TimeSpan SnapshotTimeout = TimeSpan.FromMinutes(10);

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<Message>().Property(message => message.Attempts).HasColumnType("jsonb");
        modelBuilder.Entity<Message>().Property(message => message.Sources).HasColumnType("jsonb");
    }

    /// <inheritdoc />
    public override IAsyncEnumerable<IndexBlock> ReadIndexAsync(IndexKind kind, long[] terms) =>
        Set<IndexBlock>().FromSqlRaw(IndexBlocks, Owner!, terms, EnumNames.Of(kind)).AsNoTracking().AsAsyncEnumerable();

    /// <inheritdoc />
    internal override async Task BeginSnapshotAsync(CancellationToken cancellationToken)
    {
        await Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        Database.SetCommandTimeout(SnapshotTimeout);
        await Database.ExecuteSqlRawAsync(LimitSnapshot, cancellationToken);
    }

    /// <inheritdoc />
    protected override bool IsConflict(Exception exception) =>
        exception
            is PostgresException
            {
                SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation
            };
}
