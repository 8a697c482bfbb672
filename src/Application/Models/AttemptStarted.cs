using Microsoft.Extensions.AI;

namespace QrAi.Application.Models;

/// <summary>
/// In a stream: a provider has begun to answer, and text follows. When another one came before it in the same stream, that
/// one broke off, and its text is void.
/// </summary>
/// <param name="provider">The provider's name.</param>
/// <param name="model">The model that it was asked for.</param>
public sealed class AttemptStarted(string provider, string model) : AIContent
{
    /// <summary>The provider's name.</summary>
    public string Provider { get; } = provider;

    /// <summary>The model that it was asked for.</summary>
    public string Model { get; } = model;
}
