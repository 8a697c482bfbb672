using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;

namespace QrAi.Tests.Unit.Support.Persistence;

/// <summary>Objects in memory as EF Core's asynchronous queries want them.</summary>
internal sealed class AsyncQuery<T>(Expression expression)
    : EnumerableQuery<T>(expression),
        IAsyncEnumerable<T>,
        IQueryable<T>
{
    IQueryProvider IQueryable.Provider => new AsyncQueryProvider(this);

    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var item in this.AsEnumerable())
            yield return item;
    }
}

internal sealed class AsyncQueryProvider(IQueryProvider inner) : IAsyncQueryProvider
{
    public IQueryable CreateQuery(Expression expression) =>
        (IQueryable)
            Activator.CreateInstance(
                typeof(AsyncQuery<>).MakeGenericType(expression.Type.GetGenericArguments()[0]),
                expression
            )!;

    public IQueryable<T> CreateQuery<T>(Expression expression) => new AsyncQuery<T>(expression);

    public object? Execute(Expression expression) => inner.Execute(expression);

    public T Execute<T>(Expression expression) => inner.Execute<T>(expression);

    public T ExecuteAsync<T>(Expression expression, CancellationToken cancellationToken = default)
    {
        var result = inner.Execute(expression);
        return (T)
            typeof(Task)
                .GetMethod(nameof(Task.FromResult))!
                .MakeGenericMethod(typeof(T).GetGenericArguments())
                .Invoke(null, [result])!;
    }
}

internal sealed class MemorySet<T>(IEnumerable<T> items, Action<T> add) : DbSet<T>, IQueryable<T>
    where T : class
{
    private readonly IQueryable<T> _items = items.AsQueryable();

    public override IEntityType EntityType => throw new NotSupportedException();

    Type IQueryable.ElementType => typeof(T);

    Expression IQueryable.Expression => _items.Expression;

    IQueryProvider IQueryable.Provider => new AsyncQueryProvider(_items.Provider);

    public override EntityEntry<T> Add(T entity)
    {
        add(entity);
        return null!;
    }
}
