using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;

namespace QrAi.Tests.Unit.Support.Persistence;

/// <summary>Objects in memory that support EF Core's asynchronous queries.</summary>
/// <param name="expression">The expression that selects the objects.</param>
/// <param name="remove">Removes an object; null if removal is not supported.</param>
internal sealed class AsyncQuery<T>(Expression expression, Action<object>? remove)
    : EnumerableQuery<T>(expression),
        IAsyncEnumerable<T>,
        IQueryable<T>
{
    IQueryProvider IQueryable.Provider => new AsyncQueryProvider(this, remove);

    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var item in this.AsEnumerable())
            yield return item;
    }
}

internal sealed class AsyncQueryProvider(IQueryProvider inner, Action<object>? remove) : IAsyncQueryProvider
{
    public IQueryable CreateQuery(Expression expression) =>
        (IQueryable)
            Activator.CreateInstance(
                typeof(AsyncQuery<>).MakeGenericType(expression.Type.GetGenericArguments()[0]),
                expression,
                remove
            )!;

    public IQueryable<T> CreateQuery<T>(Expression expression) => new AsyncQuery<T>(expression, remove);

    public object? Execute(Expression expression) => inner.Execute(expression);

    public T Execute<T>(Expression expression) => inner.Execute<T>(expression);

    public T ExecuteAsync<T>(Expression expression, CancellationToken cancellationToken = default)
    {
        var result = expression is MethodCallExpression { Method.Name: "ExecuteDelete" } delete
            ? Delete(delete.Arguments[0])
            : inner.Execute(expression);
        return (T)
            typeof(Task)
                .GetMethod(nameof(Task.FromResult))!
                .MakeGenericMethod(typeof(T).GetGenericArguments())
                .Invoke(null, [result])!;
    }

    private int Delete(Expression which)
    {
        var items = ((System.Collections.IEnumerable)inner.CreateQuery(which)).Cast<object>().ToList();
        items.ForEach(remove ?? throw new NotSupportedException("Nothing can be removed from this."));
        return items.Count;
    }
}

internal sealed class MemorySet<T>(
    IEnumerable<T> items,
    Action<T> add,
    Action<T>? remove = null,
    Action<T>? removeOnSave = null
) : DbSet<T>, IQueryable<T>
    where T : class
{
    private readonly IQueryable<T> _items = items.AsQueryable();

    public override IEntityType EntityType => throw new NotSupportedException();

    Type IQueryable.ElementType => typeof(T);

    Expression IQueryable.Expression => _items.Expression;

    IQueryProvider IQueryable.Provider =>
        new AsyncQueryProvider(_items.Provider, remove is null ? null : item => remove((T)item));

    public override EntityEntry<T> Add(T entity)
    {
        add(entity);
        return null!;
    }

    public override EntityEntry<T> Remove(T entity)
    {
        (removeOnSave ?? throw new NotSupportedException("Nothing can be removed from this."))(entity);
        return null!;
    }
}
