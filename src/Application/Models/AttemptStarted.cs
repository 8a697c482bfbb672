using Microsoft.Extensions.AI;

namespace QrAi.Application.Models;

/// <summary>
/// In a stream: a provider has started to answer, and text follows. The text of an earlier attempt in the same stream is
/// void.
/// </summary>
/// <param name="provider">The provider's name.</param>
/// <param name="model">The requested model.</param>
public sealed class AttemptStarted(string provider, string model) : AIContent
{
    /// <summary>The provider's name.</summary>
    public string Provider { get; } = provider;

    /// <summary>The requested model.</summary>
    public string Model { get; } = model;
}
