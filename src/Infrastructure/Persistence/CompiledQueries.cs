using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using QrAi.Domain.Callers;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// The queries of every request, compiled once. A compiled query belongs to one model, and a process may have one for each
/// database, so they are cached by model.
/// </summary>
internal sealed class CompiledQueries
{
    private static readonly ConditionalWeakTable<IModel, CompiledQueries> ByModel = [];

    public Func<QrAiDbContext, string, CancellationToken, Task<ApiKey?>> FindKey { get; } =
        EF.CompileAsyncQuery(
            (QrAiDbContext database, string hash, CancellationToken _) =>
                database.ApiKeys.AsNoTracking().SingleOrDefault(key => key.Hash == hash)
        );

    public static CompiledQueries Of(DbContext database) =>
        ByModel.GetValue(database.Model, _ => new CompiledQueries());
}
