using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Creates the context for <c>dotnet ef migrations add</c>, which needs the model but no server.</summary>
internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresDbContext>
{
    public PostgresDbContext CreateDbContext(string[] args) =>
        new(
            new DbContextOptionsBuilder<PostgresDbContext>()
                .UseNpgsql(npgsql => npgsql.SetPostgresVersion(15, 0))
                .UseSnakeCaseNamingConvention()
                .Options
        );
}
