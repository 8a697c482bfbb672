namespace QrAi.Application.Generations;

/// <summary>A source of answers that other processes generate.</summary>
internal interface IGenerationSource
{
    /// <summary>Follows an answer, in progress or ended.</summary>
    /// <param name="owner">The owner; an answer of another owner is not found.</param>
    /// <param name="answerId">The answer.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="Errors.NotFoundException">If the answer does not exist.</exception>
    Task<IFollowedGeneration> FollowAsync(string owner, Guid answerId, CancellationToken cancellationToken);

    /// <summary>Follows an answer that another process has taken over. A deleted answer is returned as cancelled.</summary>
    /// <param name="moved">The answer.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<IFollowedGeneration> ContinueAsync(GenerationIdentity moved, CancellationToken cancellationToken);
}

/// <summary>A generation with a follower.</summary>
internal interface IFollowedGeneration
{
    /// <summary>The generation.</summary>
    Generation Generation { get; }

    /// <summary>Waits until the generation has ended, or stopped in this process.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="Errors.DatabaseUnavailableException">If the end cannot be saved for some time.</exception>
    Task EndOrStallAsync(CancellationToken cancellationToken);

    /// <summary>Removes the follower.</summary>
    void Leave();
}

/// <summary>A generation that does not depend on its followers.</summary>
/// <param name="generation">The generation.</param>
internal sealed class HeldGeneration(Generation generation) : IFollowedGeneration
{
    public Generation Generation => generation;

    public Task EndOrStallAsync(CancellationToken cancellationToken) => generation.Over.WaitAsync(cancellationToken);

    public void Leave() { }
}

/// <summary>The fault of an answer that another process has taken over.</summary>
internal sealed class AnswerMovedException() : Exception("Another process has taken over the answer.");
