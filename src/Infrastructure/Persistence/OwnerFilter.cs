using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Internal;
using QrAi.Application.Persistence;
using QrAi.Domain.Callers;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// Isolates owners: filters every query of an <see cref="IOwned"/> entity by the owner of the unit of work. All owners can read
/// an <see cref="ISharable"/> entity that is shared.
/// </summary>
internal static class OwnerFilter
{
    /// <summary>Adds the filter to a model that is built from the code.</summary>
    public static void AddTo(ModelBuilder model)
    {
        // The generator of compiled models refuses query filters: https://github.com/dotnet/efcore/issues/29761.
        if (EF.IsDesignTime)
            return;

        foreach (var entity in model.Model.GetEntityTypes().Where(IsOwned))
            entity.SetQueryFilter(IQrAiDbContext.OwnerFilter, Of(entity.ClrType));
    }

    /// <summary>Adds the filter to a compiled model, which is generated without it.</summary>
    public static void AddTo(RuntimeModel model)
    {
#pragma warning disable EF1001 // There is no public API; a test fails if this one stops working.
        foreach (var entity in ((IModel)model).GetEntityTypes().Where(IsOwned).Cast<RuntimeEntityType>())
            entity.SetAnnotation(
                CoreAnnotationNames.QueryFilter,
                new QueryFilterCollection([new RuntimeQueryFilter(IQrAiDbContext.OwnerFilter, Of(entity.ClrType))])
            );
#pragma warning restore EF1001
    }

    private static bool IsOwned(IReadOnlyEntityType entity) => entity.ClrType.IsAssignableTo(typeof(IOwned));

    private static LambdaExpression Of(Type type)
    {
        var row = Expression.Parameter(type, "row");
        // EF Core replaces a constant of the context's type by the context that runs the query.
        var database = Expression.Constant(null, typeof(QrAiDbContext));
        Expression isVisible = Expression.Equal(
            Expression.Property(row, nameof(IOwned.Owner)),
            Expression.Property(database, nameof(QrAiDbContext.Owner))
        );
        if (type.IsAssignableTo(typeof(ISharable)))
            isVisible = Expression.OrElse(isVisible, Expression.Property(row, nameof(ISharable.IsShared)));
        return Expression.Lambda(isVisible, row);
    }
}
