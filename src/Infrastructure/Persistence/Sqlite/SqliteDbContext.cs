using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>The model in SQLite, with times as integers, since EF Core's text format of times does not sort.</summary>
/// <param name="options">The options, including the file.</param>
public sealed class SqliteDbContext(DbContextOptions<SqliteDbContext> options) : QrAiDbContext(options)
{
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
    protected override bool IsConflict(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: ConstraintViolation };

    // Internal, as the compiled model refers to it.
    internal sealed class UtcTicks()
        : ValueConverter<DateTimeOffset, long>(
            time => time.UtcTicks,
            ticks => new DateTimeOffset(ticks, TimeSpan.Zero)
        );
}
