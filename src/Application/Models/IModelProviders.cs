using Microsoft.Extensions.AI;

namespace QrAi.Application.Models;

/// <summary>The configured providers of language models.</summary>
public interface IModelProviders
{
    /// <summary>The providers in the order of failover, each with its default model.</summary>
    IReadOnlyList<ConfiguredModel> Models { get; }

    /// <summary>Returns a client that calls one provider, or all in the order of failover until one has answered.</summary>
    /// <param name="provider">The only provider to call, without failover; null for all.</param>
    /// <returns>
    /// A client whose streams contain <see cref="AttemptStarted"/> and <see cref="AttemptEnded"/> beside the text, and
    /// throw <see cref="GenerationFailedException"/> if no provider completed the answer.
    /// </returns>
    /// <exception cref="Errors.ProviderNotConfiguredException">If the provider is not configured, or none is.</exception>
    IChatClient ClientFor(string? provider);

    /// <summary>Returns a client that calls one provider first, and then the others in the order of failover.</summary>
    /// <param name="provider">The name of a provider of <see cref="Models"/>.</param>
    /// <returns>A client like that of <see cref="ClientFor"/>.</returns>
    /// <exception cref="Errors.ProviderNotConfiguredException">If the provider is not configured.</exception>
    IChatClient ClientStartingWith(string provider);
}
