namespace QrAi.Application.Generations;

/// <summary>
/// Ended answers with followers. Each is read once, and its followers share the text, so that a long answer uses its memory
/// once however many slow followers it has.
/// </summary>
internal sealed class EndedAnswers
{
    private readonly Dictionary<(string Owner, Guid Id), Shared> _followed = [];
    private readonly Lock _gate = new();

    /// <summary>Follows an answer that has ended.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="answerId">The answer.</param>
    /// <param name="read">Reads the answer for all concurrent followers; a follower that leaves does not cancel it.</param>
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
