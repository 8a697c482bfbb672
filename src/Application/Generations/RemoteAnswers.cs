using AutoMapper;
using AutoMapper.QueryableExtensions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;
using QrAi.Application.Sessions;
using QrAi.Application.Time;
using QrAi.Application.Work;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>
/// Follows answers that other processes generate. One query every 150 ms reads the progress of all followed answers, only
/// while there are any.
/// </summary>
internal sealed class RemoteAnswers(
    IAnswerStore store,
    IQrAiDbContextFactory databases,
    IMapper mapper,
    TimeProvider clock,
    ILogger<RemoteAnswers> logger
) : IGenerationSource
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(150);

    /// <summary>The minimum pause between two queries, if a query takes nearly the whole period.</summary>
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(20);

    /// <summary>The time of an outage of the database after which followers receive an error.</summary>
    private static readonly TimeSpan MaxOutage = TimeSpan.FromSeconds(10);

    private readonly EndedAnswers _ended = new();
    private readonly Dictionary<Guid, Mirror> _mirrors = [];
    private readonly Lock _gate = new();
    private bool _isRunning;

    public async Task<IFollowedGeneration> FollowAsync(string owner, Guid answerId, CancellationToken cancellationToken)
    {
        if (await HasEndedAsync(owner, answerId, cancellationToken))
            return await _ended.FollowAsync(owner, answerId, ReadEndedAsync, cancellationToken);

        var answer = (await ReadAsync(owner, [answerId], cancellationToken)).SingleOrDefault();
        return answer switch
        {
            null => throw new NotFoundException("answer", answerId),
            { Status: MessageStatus.Generating } => FollowMirror(answer, owner),
            _ => new HeldGeneration(Generation.Of(answer, owner)),
        };

        async Task<Generation> ReadEndedAsync() =>
            await ReadAsync(owner, [answerId], CancellationToken.None) is [var ended]
                ? Generation.Of(ended, owner)
                : throw new NotFoundException("answer", answerId);
    }

    public async Task<IFollowedGeneration> ContinueAsync(GenerationIdentity moved, CancellationToken cancellationToken)
    {
        try
        {
            return await FollowAsync(moved.Owner, moved.Id, cancellationToken);
        }
        catch (NotFoundException)
        {
            var deleted = new Generation(moved);
            deleted.Finish(Cancelled());
            return new HeldGeneration(deleted);
        }
    }

    private Mirror FollowMirror(MessageDto answer, string owner)
    {
        lock (_gate)
        {
            if (!_mirrors.TryGetValue(answer.Id, out var mirror))
            {
                mirror = new Mirror(this, new Generation(GenerationIdentity.Of(answer, owner), answer.Run));
                _mirrors.Add(answer.Id, mirror);
                if (!_isRunning)
                {
                    _isRunning = true;
                    _ = Background.Start(RunAsync);
                }
            }

            mirror.Followers++;
            return mirror;
        }
    }

    private async Task RunAsync()
    {
        var lastRead = clock.GetTimestamp();
        while (true)
        {
            var begun = clock.GetTimestamp();
            List<Mirror> mirrors;
            lock (_gate)
            {
                if (_mirrors.Count == 0)
                {
                    _isRunning = false;
                    return;
                }

                mirrors = [.. _mirrors.Values];
            }

            try
            {
                await UpdateAsync(mirrors);
                lastRead = clock.GetTimestamp();
            }
            catch (Exception exception)
            {
                logger.LogWarning(exception, "Answers of other processes could not be read");
                if (clock.GetElapsedTime(lastRead) > MaxOutage)
                    foreach (var mirror in mirrors)
                    {
                        Remove(mirror);
                        mirror.Generation.Break(exception);
                    }
            }

            var pause = Period - clock.GetElapsedTime(begun);
            await Task.Delay(pause > MinPause ? pause : MinPause, clock);
        }
    }

    private async Task UpdateAsync(List<Mirror> mirrors)
    {
        var progress = await store.ReadProgressAsync([.. mirrors.Select(mirror => mirror.Known)], default);
        var open = progress.Where(answer => answer.IsOpen).ToDictionary(answer => answer.AnswerId);
        foreach (var mirror in mirrors)
            if (open.GetValueOrDefault(mirror.Generation.Identity.Id) is { } answer)
                mirror.Add(answer);

        var ended = mirrors.Where(mirror => !open.ContainsKey(mirror.Generation.Identity.Id));
        foreach (var ofOwner in ended.GroupBy(mirror => mirror.Generation.Identity.Owner))
            await EndAsync(ofOwner.Key, [.. ofOwner]);
    }

    private async Task EndAsync(string owner, IReadOnlyCollection<Mirror> mirrors)
    {
        var answers = await ReadAsync(owner, [.. mirrors.Select(mirror => mirror.Generation.Identity.Id)], default);
        var ended = answers
            .Where(answer => answer.Status != MessageStatus.Generating)
            .ToDictionary(answer => answer.Id);
        foreach (var mirror in mirrors)
        {
            var id = mirror.Generation.Identity.Id;
            if (ended.TryGetValue(id, out var answer))
                mirror.Generation.Load(answer);
            else if (answers.All(one => one.Id != id)) // its session was deleted
                mirror.Generation.Finish(Cancelled());
            else
                continue; // another worker took it over between the two reads
            Remove(mirror);
        }
    }

    private async Task<bool> HasEndedAsync(string owner, Guid answerId, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(owner);
        return await database.Messages.AnyAsync(
            message =>
                message.Id == answerId
                && message.Role == MessageRole.Assistant
                && message.Status != MessageStatus.Generating,
            cancellationToken
        );
    }

    private async Task<List<MessageDto>> ReadAsync(
        string owner,
        IReadOnlyCollection<Guid> answerIds,
        CancellationToken cancellationToken
    )
    {
        await using var database = databases.CreateFor(owner);
        return await database
            .Messages.Where(message => answerIds.Contains(message.Id) && message.Role == MessageRole.Assistant)
            .ProjectTo<MessageDto>(mapper.ConfigurationProvider)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Removes a mirror, unless a newer one of the same answer has replaced it.</summary>
    private void Remove(Mirror mirror)
    {
        var id = mirror.Generation.Identity.Id;
        lock (_gate)
            if (_mirrors.GetValueOrDefault(id) == mirror)
                _mirrors.Remove(id);
    }

    private GenerationEnd Cancelled() => new(MessageStatus.Cancelled, clock.Now(), null, null, [], null);

    /// <summary>A local copy of an answer that another process generates.</summary>
    private sealed class Mirror(RemoteAnswers answers, Generation generation) : IFollowedGeneration
    {
        private int _run = generation.Read().Run;
        private int _length;

        public Generation Generation => generation;

        /// <summary>The number of followers.</summary>
        public int Followers { get; set; }

        /// <summary>The position up to which the answer is known here.</summary>
        public KeyValuePair<Guid, Position> Known => new(generation.Identity.Id, new Position(_run, _length));

        public void Add(AnswerProgress answer)
        {
            if (answer.Run != _run)
                (_run, _length) = (answer.Run, 0);
            _length += answer.Text.Length;
            if (answer.Sources is { } sources)
                generation.SetSources(sources);
            generation.Enter(answer.Run, answer.Takeovers, answer.Provider, answer.Model);
            generation.Append(answer.Text);
        }

        public Task EndOrStallAsync(CancellationToken cancellationToken) =>
            generation.Over.WaitAsync(cancellationToken);

        public void Leave()
        {
            lock (answers._gate)
                if (--Followers == 0)
                    answers.Remove(this);
        }
    }
}
