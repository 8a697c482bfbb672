using System.Text;
using AutoMapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Application.Sessions;
using QrAi.Application.Time;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Answers;

/// <summary>Generates answers: asks a provider, tells the followers, and keeps the outcome whatever happens.</summary>
internal sealed class AnswerGenerator(
    RunningAnswers running,
    IAnswerEventLog log,
    IQrAiDbContextFactory databases,
    GenerationOptions options,
    TimeProvider clock,
    IMapper mapper,
    ILogger<AnswerGenerator> logger
)
{
    /// <summary>How long the database may be away before callers who wait for the whole answer are told so.</summary>
    private static readonly TimeSpan SavingStalledAfter = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LongestSavingPause = TimeSpan.FromSeconds(2);

    /// <summary>Begins an answer that has been saved as open. It goes on whoever listens.</summary>
    /// <param name="session">The session as it was saved; nobody else may change it from now on.</param>
    /// <param name="question">The saved question.</param>
    /// <param name="answer">The saved open answer.</param>
    /// <param name="client">Whom to ask.</param>
    /// <param name="prompt">What it is sent, the question last.</param>
    /// <param name="chatOptions">How it is to answer, or null to leave that to the provider.</param>
    public void Begin(
        Session session,
        Message question,
        Message answer,
        IChatClient client,
        IReadOnlyList<ChatMessage> prompt,
        ChatOptions? chatOptions
    )
    {
        // Followers look for the events first, then in the database: the events must be there before the run is.
        var events = log.Open(session.Owner, answer.Id);
        running.Start(
            new AnswerRun(session.Owner, answer.Id),
            run => RunAsync(run, session, question.Id, events, client, prompt, chatOptions)
        );
    }

    private async Task<MessageDto> RunAsync(
        AnswerRun run,
        Session session,
        Guid questionId,
        IAnswerEventWriter events,
        IChatClient client,
        IReadOnlyList<ChatMessage> prompt,
        ChatOptions? chatOptions
    )
    {
        using var scope = logger.BeginScope(
            new Dictionary<string, object> { ["SessionId"] = session.Id, ["AnswerId"] = run.AnswerId }
        );
        try
        {
            var draft = new Draft(events, session.Id, questionId, run.AnswerId);
            var end = await GenerateAsync(run, draft, client, prompt, chatOptions);
            var kept = await KeepAsync(run, session, end);
            events.Append(AnswerEvent.Ended(kept));
            return kept;
        }
        catch (Exception exception)
        {
            logger.LogCritical(exception, "Answer {AnswerId} of session {SessionId} is lost", run.AnswerId, session.Id);
            var lost = mapper.Map<MessageDto>(session.Messages.Single(message => message.Id == run.AnswerId)) with
            {
                Status = MessageStatus.Failed,
                Error = new AnswerError(AnswerErrorCodes.InternalError, "The answer could not be kept."),
                CompletedAt = clock.Now(),
            };
            events.Append(AnswerEvent.Ended(lost));
            throw;
        }
    }

    /// <summary>Asks, and says how the answer ends.</summary>
    private async Task<Action<Session>> GenerateAsync(
        AnswerRun run,
        Draft draft,
        IChatClient client,
        IReadOnlyList<ChatMessage> prompt,
        ChatOptions? chatOptions
    )
    {
        var id = run.AnswerId;
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(prompt, chatOptions, run.Stopped))
                draft.Add(update);
            return session => session.CompleteAnswer(id, draft.ToGeneration(), clock.Now());
        }
        catch (OperationCanceledException) when (run.IsCancelled)
        {
            return session => session.CancelAnswer(id, draft.ToGeneration(), clock.Now());
        }
        catch (OperationCanceledException) when (run.Stopped.IsCancellationRequested)
        {
            return Fail(AnswerErrorCodes.ShuttingDown, "The service stopped before the answer was whole.");
        }
        catch (GenerationFailedException exception)
        {
            return Fail(exception.Code, exception.Message);
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Answer {AnswerId} could not be generated", id);
            return Fail(AnswerErrorCodes.InternalError, "The answer could not be generated.");
        }

        Action<Session> Fail(string code, string message) =>
            session => session.FailAnswer(id, draft.ToGeneration(), new AnswerError(code, message), clock.Now());
    }

    /// <summary>Keeps the end of an answer, and does not give up while the database is away for a while.</summary>
    private async Task<MessageDto> KeepAsync(AnswerRun run, Session session, Action<Session> end)
    {
        var start = clock.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(100);
        var first = true;
        while (true)
        {
            try
            {
                return first
                    ? await KeepReattachedAsync(run.AnswerId, session, end)
                    : await KeepReloadedAsync(run.AnswerId, session, end);
            }
            catch (DbUpdateConcurrencyException) when (clock.GetElapsedTime(start) < options.SavingTime)
            {
                // The session was renamed or deleted, or the answer was ended elsewhere: look at what there is now.
                first = false;
            }
            catch (DatabaseUnavailableException exception)
                when (clock.GetElapsedTime(start) is var elapsed && elapsed < options.SavingTime)
            {
                first = false;
                if (elapsed >= SavingStalledAfter)
                    run.SetSavingStalled();
                logger.LogWarning(
                    "Answer {AnswerId} waits for the database to be kept: {Reason}",
                    run.AnswerId,
                    exception.Message
                );
                await Task.Delay(pause, clock);
                pause = pause * 2 < LongestSavingPause ? pause * 2 : LongestSavingPause;
            }
        }
    }

    private async Task<MessageDto> KeepReattachedAsync(Guid answerId, Session session, Action<Session> end)
    {
        await using var database = databases.CreateFor(session.Owner);
        database.Reattach(session);
        return await EndAndSaveAsync(database, session, answerId, end);
    }

    private async Task<MessageDto> KeepReloadedAsync(Guid answerId, Session saved, Action<Session> end)
    {
        await using var database = databases.CreateFor(saved.Owner);
        var answer = await database.Messages.SingleOrDefaultAsync(message => message.Id == answerId);
        var session = await database.FindSessionAsync(saved.Id, CancellationToken.None);
        if (session is null || answer is null)
            return mapper.Map<MessageDto>(saved.Messages.Single(message => message.Id == answerId)) with
            {
                Status = MessageStatus.Cancelled, // the session was deleted, so nobody can ask for it any more
                CompletedAt = clock.Now(),
            };

        // Ended already: by a save whose confirmation was lost, or by a cancellation from another process.
        return answer.Status == MessageStatus.Generating
            ? await EndAndSaveAsync(database, session, answerId, end)
            : mapper.Map<MessageDto>(answer);
    }

    private async Task<MessageDto> EndAndSaveAsync(
        IQrAiDbContext database,
        Session session,
        Guid answerId,
        Action<Session> end
    )
    {
        end(session);
        await database.SaveChangesAsync(CancellationToken.None);
        return mapper.Map<MessageDto>(session.Messages.Single(message => message.Id == answerId));
    }

    /// <summary>What has come of an answer, told to its followers as it comes.</summary>
    private sealed class Draft(IAnswerEventWriter events, Guid sessionId, Guid questionId, Guid answerId)
    {
        private readonly StringBuilder _text = new();
        private readonly List<Attempt> _attempts = [];
        private string? _provider;
        private string? _model;
        private string? _finishReason;
        private TokenUsage? _usage;

        public void Add(ChatResponseUpdate update)
        {
            if (update.FinishReason is { Value.Length: <= Message.MaxFinishReasonLength } reason)
                _finishReason = reason.Value;
            foreach (var content in update.Contents)
            {
                switch (content)
                {
                    case TextContent text:
                        Add(text.Text);
                        break;
                    case AttemptStarted started:
                        Start(started);
                        break;
                    case AttemptEnded ended:
                        _attempts.Add(ended.Attempt);
                        break;
                    case UsageContent { Details: var usage }:
                        _usage = usage.ToTokenUsage();
                        break;
                }
            }
        }

        public Generation ToGeneration() =>
            new(_text.ToString(), _provider, _model, _usage, _attempts) { FinishReason = _finishReason };

        private void Add(string text)
        {
            // No database keeps NUL in text, and an answer must not be lost for one.
            if (text.Contains('\0', StringComparison.Ordinal))
                text = text.Replace("\0", "", StringComparison.Ordinal);
            if (text.Length == 0)
                return;
            _text.Append(text);
            events.Append(new AnswerEvent.Delta(text));
        }

        private void Start(AttemptStarted attempt)
        {
            var restarts = _provider is not null;
            (_provider, _model, _finishReason, _usage) = (attempt.Provider, attempt.Model, null, null);
            _text.Clear();
            events.Append(
                restarts
                    ? new AnswerEvent.Restarted(attempt.Provider, attempt.Model)
                    : new AnswerEvent.Started(sessionId, questionId, answerId, attempt.Provider, attempt.Model)
            );
        }
    }
}
