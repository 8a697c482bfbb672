using Microsoft.Extensions.AI;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Models;

/// <summary>In a stream: an attempt has ended, successfully or not.</summary>
/// <param name="attempt">The attempt.</param>
public sealed class AttemptEnded(Attempt attempt) : AIContent
{
    /// <summary>The attempt.</summary>
    public Attempt Attempt { get; } = attempt;
}
