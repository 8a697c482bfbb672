using Microsoft.Extensions.AI;

namespace QrAi.Application.Models;

/// <summary>The providers of language models that are configured.</summary>
public interface IModelProviders
{
    /// <summary>The providers in the order of failover, each with its default model.</summary>
    IReadOnlyList<ConfiguredModel> Models { get; }

    /// <summary>The client that asks a provider, or every provider in the order of failover until one has answered.</summary>
    /// <param name="provider">
    /// The only provider to ask, or null for all of them: who names one does not want the question sent to another.
    /// </param>
    /// <returns>
    /// A client whose streams carry <see cref="AttemptStarted"/> and <see cref="AttemptEnded"/> beside the text, and
    /// throw <see cref="GenerationFailedException"/> when no provider gave a whole answer.
    /// </returns>
    /// <exception cref="Errors.ProviderNotConfiguredException">It, or any at all, is not configured.</exception>
    IChatClient ClientFor(string? provider);

    /// <summary>The client that asks a provider first, and then the others in the order of failover.</summary>
    /// <param name="provider">One of <see cref="Models"/>.</param>
    /// <returns>The same kind of client.</returns>
    /// <exception cref="Errors.ProviderNotConfiguredException">It is not configured.</exception>
    IChatClient ClientStartingWith(string provider);
}
