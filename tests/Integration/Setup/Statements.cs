using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using QrAi.Infrastructure.Persistence.Postgres;
using QrAi.Infrastructure.Persistence.Sqlite;

namespace QrAi.Tests.Integration.Setup;

/// <summary>Captures the statements with which a service reads.</summary>
public sealed class Statements : DbCommandInterceptor
{
    private readonly ConcurrentQueue<(string Sql, IReadOnlyList<DbParameter> Parameters)> _all = new();

    public IEnumerable<(string Sql, IReadOnlyList<DbParameter> Parameters)> All => _all;

    public void Clear() => _all.Clear();

    /// <summary>Captures those of a service from its start.</summary>
    public void Watch(IServiceCollection services, DatabaseKind kind)
    {
        if (kind == DatabaseKind.Postgres)
            services.ConfigureDbContext<PostgresDbContext>(builder => builder.AddInterceptors(this));
        else
            services.ConfigureDbContext<SqliteDbContext>(builder => builder.AddInterceptors(this));
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default
    )
    {
        _all.Enqueue((command.CommandText, [.. command.Parameters.Cast<DbParameter>().Select(Copy)]));
        return ValueTask.FromResult(result);
    }

    private static DbParameter Copy(DbParameter parameter) =>
        parameter is NpgsqlParameter npgsql
            ? npgsql.Clone()
            : new SqliteParameter(parameter.ParameterName, parameter.Value);
}
