using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.Tests.Testing;

namespace QrAi.Tests.Fixtures.Models;

/// <summary>A question to a model and its answer: one line for each content except the usage.</summary>
public sealed class Conversation
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Channel<string> _unread = Channel.CreateUnbounded<string>();
    private readonly List<Attempt> _attempts = [];

    /// <summary>Asks the question.</summary>
    public Conversation(
        IChatClient client,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => Finished = Task.Run(() => FollowAsync(client, options, cancellationToken), CancellationToken.None);

    /// <summary>Completes at the end of the answer or at its failure; never fails.</summary>
    public Task Finished { get; }

    /// <summary>The lines received so far.</summary>
    public string[] Lines => [.. _lines];

    /// <summary>The usage received last, separate from the lines because few tests check it.</summary>
    public string? Usage { get; private set; }

    /// <summary>The attempts that have ended.</summary>
    public IReadOnlyList<Attempt> Attempts => _attempts;

    /// <summary>The durations waited, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    /// <summary>The reason for an incomplete answer.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The failure's code, if the application defines one.</summary>
    public string? FailureCode => (Failure as GenerationFailedException)?.Code;

    /// <summary>Waits for the next occurrence of a line.</summary>
    public async Task UntilAsync(string line)
    {
        while (await _unread.Reader.ReadAsync().AsTask().WaitAsync(Eventually.DefaultLimit) != line) { }
    }

    /// <summary>Returns the line for a content.</summary>
    public static string Describe(AIContent content) =>
        content switch
        {
            AttemptStarted started => $"started {started.Provider} {started.Model}",
            AttemptEnded ended => $"ended {ended.Attempt.Provider} {ended.Attempt.Outcome}",
            TextContent text => $"text {text.Text}",
            TextReasoningContent reasoning => $"reasoning {reasoning.Text}".TrimEnd(),
            UsageContent { Details: var usage } =>
                $"usage {usage.InputTokenCount}+{usage.OutputTokenCount}={usage.TotalTokenCount}",
            _ => content.GetType().Name,
        };

    private async Task FollowAsync(IChatClient client, ChatOptions? options, CancellationToken cancellationToken)
    {
        try
        {
            var messages = new[] { new ChatMessage(ChatRole.User, "Why?") };
            await foreach (var update in client.GetStreamingResponseAsync(messages, options, cancellationToken))
            foreach (var content in update.Contents)
                Add(content);
        }
        catch (Exception exception)
        {
            Failure = exception;
        }
    }

    private void Add(AIContent content)
    {
        if (content is AttemptEnded { Attempt: var attempt })
            _attempts.Add(attempt);
        var line = Describe(content);
        if (content is UsageContent)
        {
            Usage = line;
            return;
        }

        _lines.Enqueue(line);
        _unread.Writer.TryWrite(line);
    }
}
