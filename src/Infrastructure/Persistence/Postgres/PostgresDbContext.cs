using Microsoft.EntityFrameworkCore;
using Npgsql;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>The model in PostgreSQL, with <c>uuid</c>, <c>timestamptz</c> and <c>jsonb</c>.</summary>
/// <param name="options">The options, including the server.</param>
public sealed class PostgresDbContext(DbContextOptions<PostgresDbContext> options) : QrAiDbContext(options)
{
    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<Message>().Property(message => message.Attempts).HasColumnType("jsonb");
    }

    /// <inheritdoc />
    protected override bool IsConflict(Exception exception) =>
        exception
            is PostgresException
            {
                SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation
            };
}
