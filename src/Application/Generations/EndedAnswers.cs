namespace QrAi.Application.Generations;

/// <summary>
/// Answers that have ended and that somebody follows: each is read once, and all who follow it share its text. A long answer
/// costs its size once, however many followers are slow to read it.
/// </summary>
internal sealed class EndedAnswers
{
    private readonly Dictionary<(string Owner, Guid Id), Shared> _followed = [];
    private readonly Lock _gate = new();

    /// <summary>Follows an answer that has ended.</summary>
    /// <param name="owner">Whom it belongs to.</param>
    /// <param name="answerId">The answer.</param>
    /// <param name="read">Reads it, for all who ask meanwhile: none of them stops it by leaving.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IFollowedGeneration> FollowAsync(
        string owner,
        Guid answerId,
        Func<Task<Generation>> read,
        CancellationToken cancellationToken
    )
    {
        var shared = Enter((owner, answerId), read);
        try
        {
            return new Following(this, shared, await shared.Reading.WaitAsync(cancellationToken));
        }
        catch
        {
            Leave(shared);
            throw;
        }
    }

    private Shared Enter((string, Guid) key, Func<Task<Generation>> read)
    {
        lock (_gate)
        {
            if (!_followed.TryGetValue(key, out var shared))
                _followed[key] = shared = new Shared(key, Task.Run(read));
            shared.Followers++;
            return shared;
        }
    }

    private void Leave(Shared shared)
    {
        lock (_gate)
            if (--shared.Followers == 0)
                _followed.Remove(shared.Key);
    }

    private sealed class Shared((string, Guid) key, Task<Generation> reading)
    {
        public (string, Guid) Key => key;

        public Task<Generation> Reading => reading;

        public int Followers { get; set; }
    }

    private sealed class Following(EndedAnswers answers, Shared shared, Generation generation) : IFollowedGeneration
    {
        public Generation Generation => generation;

        public Task EndOrStallAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Leave() => answers.Leave(shared);
    }
}
