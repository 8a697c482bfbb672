using Microsoft.Extensions.AI;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Models;

/// <summary>In a stream: an attempt has ended, well or not.</summary>
/// <param name="attempt">What became of it.</param>
public sealed class AttemptEnded(Attempt attempt) : AIContent
{
    /// <summary>What became of it.</summary>
    public Attempt Attempt { get; } = attempt;
}
