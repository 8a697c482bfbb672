using MediatR;
using QrAi.Application.Models;

namespace QrAi.Application.Completions;

/// <summary>Lists the default models of the providers, in the order of failover.</summary>
public sealed record ListModels : IRequest<IReadOnlyList<ConfiguredModel>>;

internal sealed class ListModelsHandler(IModelProviders providers)
    : IRequestHandler<ListModels, IReadOnlyList<ConfiguredModel>>
{
    public Task<IReadOnlyList<ConfiguredModel>> Handle(ListModels request, CancellationToken cancellationToken) =>
        Task.FromResult(providers.Models);
}
