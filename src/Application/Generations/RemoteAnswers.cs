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
/// Reads along with answers that other processes generate: one query for all that somebody here follows, every 150 ms, only
/// while there are any.
/// </summary>
internal sealed class AnswersElsewhere(
    IAnswerStore store,
    IQrAiDbContextFactory databases,
    IMapper mapper,
    TimeProvider clock,
    ILogger<AnswersElsewhere> logger
) : IGenerationSource
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(150);

    /// <summary>The pause where reading takes nearly as long as that.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);

    /// <summary>How long the database may be away before followers are told so.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

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
            { Status: MessageStatus.Generating } => Mirrored(answer, owner),
            _ => new HeldGeneration(Generation.Of(answer, owner)),
        };

        async Task<Generation> ReadEndedAsync() =>
            await ReadAsync(owner, [answerId], CancellationToken.None) is [var ended]
                ? Generation.Of(ended, owner)
                : throw new NotFoundException("answer", answerId);
    }

    public async Task<IFollowedGeneration> GoOnAsync(GenerationIdentity moved, CancellationToken cancellationToken)
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

    private Mirror Mirrored(MessageDto answer, string owner)
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
                await ReadAlongAsync(mirrors);
                lastRead = clock.GetTimestamp();
            }
            catch (Exception exception)
            {
                logger.LogWarning(exception, "Answers of other processes could not be read");
                if (clock.GetElapsedTime(lastRead) > LongestSilence)
                    foreach (var mirror in mirrors)
                    {
                        Forget(mirror);
                        mirror.Generation.Break(exception);
                    }
            }

            var pause = Period - clock.GetElapsedTime(begun);
            await Task.Delay(pause > ShortestPause ? pause : ShortestPause, clock);
        }
    }

    private async Task ReadAlongAsync(List<Mirror> mirrors)
    {
        var progress = await store.ReadProgressAsync([.. mirrors.Select(mirror => mirror.Known)], default);
        var open = progress.Where(answer => answer.IsOpen).ToDictionary(answer => answer.AnswerId);
        foreach (var mirror in mirrors)
            if (open.GetValueOrDefault(mirror.Generation.Identity.Id) is { } answer)
                mirror.Add(answer);

        var over = mirrors.Where(mirror => !open.ContainsKey(mirror.Generation.Identity.Id));
        foreach (var ofOwner in over.GroupBy(mirror => mirror.Generation.Identity.Owner))
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
                continue; // it was not there yet, or went on meanwhile
            Forget(mirror);
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

    /// <summary>Reads along with it no longer. The answer may be followed again by now: that one stays.</summary>
    private void Forget(Mirror mirror)
    {
        var id = mirror.Generation.Identity.Id;
        lock (_gate)
            if (_mirrors.GetValueOrDefault(id) == mirror)
                _mirrors.Remove(id);
    }

    private GenerationEnd Cancelled() => new(MessageStatus.Cancelled, clock.Now(), null, null, [], null);

    /// <summary>An answer that another process generates.</summary>
    private sealed class Mirror(AnswersElsewhere answers, Generation generation) : IFollowedGeneration
    {
        private int _run = generation.Read().Run;
        private int _length;

        public Generation Generation => generation;

        /// <summary>How many follow it.</summary>
        public int Followers { get; set; }

        /// <summary>How much of it is known here.</summary>
        public KeyValuePair<Guid, Position> Known => new(generation.Identity.Id, new Position(_run, _length));

        public void Add(AnswerProgress answer)
        {
            if (answer.Run != _run)
                (_run, _length) = (answer.Run, 0);
            _length += answer.Text.Length;
            generation.Enter(answer.Run, answer.Takeovers, answer.Provider, answer.Model);
            generation.Append(answer.Text);
        }

        public Task EndOrStallAsync(CancellationToken cancellationToken) =>
            generation.Over.WaitAsync(cancellationToken);

        public void Leave()
        {
            lock (answers._gate)
                if (--Followers == 0)
                    answers.Forget(this);
        }
    }
}
