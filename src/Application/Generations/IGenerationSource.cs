namespace QrAi.Application.Generations;

/// <summary>Finds answers that this process does not make.</summary>
internal interface IGenerationSource
{
    /// <summary>Reads along with an answer, or reads one that has ended.</summary>
    /// <param name="owner">Whom it belongs to; to others it is not there.</param>
    /// <param name="answerId">The answer.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="Errors.NotFoundException">There is no such answer.</exception>
    Task<IFollowedGeneration> FollowAsync(string owner, Guid answerId, CancellationToken cancellationToken);

    /// <summary>Goes on with an answer that another process has taken over. One that was deleted has been cancelled.</summary>
    /// <param name="moved">The answer.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<IFollowedGeneration> GoOnAsync(GenerationIdentity moved, CancellationToken cancellationToken);
}

/// <summary>A generation as one follower holds it.</summary>
internal interface IFollowedGeneration
{
    /// <summary>The generation.</summary>
    Generation Generation { get; }

    /// <summary>Waits until nothing more comes from it.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="Errors.DatabaseUnavailableException">The database that has to keep its end is away.</exception>
    Task EndOrStallAsync(CancellationToken cancellationToken);

    /// <summary>The follower has left.</summary>
    void Leave();
}

/// <summary>A generation that is there whether or not anybody follows it.</summary>
/// <param name="generation">The generation.</param>
internal sealed class HeldGeneration(Generation generation) : IFollowedGeneration
{
    public Generation Generation => generation;

    public Task EndOrStallAsync(CancellationToken cancellationToken) => generation.Over.WaitAsync(cancellationToken);

    public void Leave() { }
}

/// <summary>Another process goes on with an answer.</summary>
internal sealed class AnswerMovedException() : Exception("Another process goes on with the answer.");
