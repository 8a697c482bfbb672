using MediatR;
using QrAi.Application.Models;

namespace QrAi.Application.Completions;

/// <summary>The models that are known by name: each provider's default one, in the order of failover.</summary>
public sealed record ListModels : IRequest<IReadOnlyList<ConfiguredModel>>;

internal sealed class ListModelsHandler(IModelProviders providers)
    : IRequestHandler<ListModels, IReadOnlyList<ConfiguredModel>>
{
    public Task<IReadOnlyList<ConfiguredModel>> Handle(ListModels request, CancellationToken cancellationToken) =>
        Task.FromResult(providers.Models);
}
