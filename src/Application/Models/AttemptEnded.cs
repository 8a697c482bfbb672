using Microsoft.Extensions.AI;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Models;

/// <summary>In a stream: an attempt has ended, successfully or not.</summary>
/// <param name="attempt">The attempt.</param>
/// <param name="model">The requested model.</param>
/// <param name="call">Whether the provider was called.</param>
public sealed class AttemptEnded(Attempt attempt, string model, AttemptCall call) : AIContent
{
    /// <summary>The attempt.</summary>
    public Attempt Attempt { get; } = attempt;

    /// <summary>The requested model.</summary>
    public string Model { get; } = model;

    /// <summary>Whether the provider was called.</summary>
    public AttemptCall Call { get; } = call;
}

/// <summary>Whether an attempt called its provider, and whether the call may have used tokens.</summary>
public enum AttemptCall
{
    /// <summary>The provider was not called, because its circuit is open.</summary>
    Skipped,

    /// <summary>No tokens were used: the provider was not reached, answered with an error, or has no language model.</summary>
    Free,

    /// <summary>Tokens may have been used, whether or not the answer is complete.</summary>
    Billable,
}
