using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Internal;
using QrAi.Application.Persistence;
using QrAi.Domain.Idempotency;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// The one place that keeps owners apart: every query of what has an owner passes this filter, also those that are written later.
/// </summary>
internal static class OwnerFilter
{
    private static readonly Type[] Owned = [typeof(Session), typeof(Message), typeof(IdempotencyRecord)];

    /// <summary>Adds it to a model that is built from the code.</summary>
    public static void AddTo(ModelBuilder model)
    {
        // The generator of compiled models refuses query filters: https://github.com/dotnet/efcore/issues/29761.
        if (EF.IsDesignTime)
            return;

        foreach (var type in Owned)
            model.Entity(type).HasQueryFilter(IQrAiDbContext.OwnerFilter, Of(type));
    }

    /// <summary>Adds it to a compiled model, which is generated without.</summary>
    public static void AddTo(RuntimeModel model)
    {
#pragma warning disable EF1001 // There is no public way, and a test fails when this one does not work any more.
        foreach (var type in Owned)
            model
                .FindEntityType(type.FullName!)!
                .SetAnnotation(
                    CoreAnnotationNames.QueryFilter,
                    new QueryFilterCollection([new RuntimeQueryFilter(IQrAiDbContext.OwnerFilter, Of(type))])
                );
#pragma warning restore EF1001
    }

    private static LambdaExpression Of(Type type)
    {
        var row = Expression.Parameter(type, "row");
        // EF Core replaces whatever has the type of the context by the context that runs the query.
        var database = Expression.Constant(null, typeof(QrAiDbContext));
        return Expression.Lambda(
            Expression.Equal(
                Expression.Property(row, nameof(Session.Owner)),
                Expression.Property(database, nameof(QrAiDbContext.Owner))
            ),
            row
        );
    }
}
