using MediatR;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Callers;

namespace QrAi.Tests.Integration.OwnerData;

/// <summary>Sends requests on behalf of an owner, as the verbs of operators do.</summary>
internal static class OwnerSender
{
    public static async Task<T> SendForAsync<T>(this IServiceProvider services, string owner, IRequest<T> request)
    {
        await using var scope = services.CreateAsyncScope();
        var sender = await ActAsAsync(scope, owner);
        return await sender.Send(request);
    }

    /// <summary>Reads a stream, and does something after its first item.</summary>
    public static async Task<List<T>> ReadForAsync<T>(
        this IServiceProvider services,
        string owner,
        IStreamRequest<T> request,
        Func<Task>? afterFirst = null
    )
    {
        await using var scope = services.CreateAsyncScope();
        var sender = await ActAsAsync(scope, owner);
        var items = new List<T>();
        await foreach (var item in sender.CreateStream(request))
        {
            items.Add(item);
            if (items.Count == 1 && afterFirst is not null)
                await afterFirst();
        }

        return items;
    }

    private static async Task<ISender> ActAsAsync(AsyncServiceScope scope, string owner)
    {
        var sender = scope.ServiceProvider.GetRequiredService<ISender>();
        await sender.Send(new ActAsOwner(owner));
        return sender;
    }
}
