using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.Tests.Testing;

namespace QrAi.Tests.Fixtures.Models;

/// <summary>A question to a model, and what is told until its end: a line for each thing but the usage.</summary>
public sealed class Conversation
{
    private readonly ConcurrentQueue<string> _told = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<Attempt> _attempts = [];

    /// <summary>Asks.</summary>
    public Conversation(
        IChatClient client,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => Finished = Task.Run(() => FollowAsync(client, options, cancellationToken), CancellationToken.None);

    /// <summary>Ends when nothing more is told, well or not; it never fails.</summary>
    public Task Finished { get; }

    /// <summary>The lines so far.</summary>
    public string[] Told => [.. _told];

    /// <summary>The usage that was told last, apart from the rest: few tests are about it.</summary>
    public string? Usage { get; private set; }

    /// <summary>The attempts that have ended.</summary>
    public IReadOnlyList<Attempt> Attempts => _attempts;

    /// <summary>The waits that were passed, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    /// <summary>Why there is no whole answer.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The failure's code, if it is one of those that the application knows.</summary>
    public string? FailureCode => (Failure as GenerationFailedException)?.Code;

    /// <summary>Ends when a line has been told that no test has waited for yet.</summary>
    public async Task UntilAsync(string line)
    {
        while (await _lines.Reader.ReadAsync().AsTask().WaitAsync(Eventually.DefaultLimit) != line) { }
    }

    /// <summary>The line for a thing.</summary>
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
                Tell(content);
        }
        catch (Exception exception)
        {
            Failure = exception;
        }
    }

    private void Tell(AIContent content)
    {
        if (content is AttemptEnded { Attempt: var attempt })
            _attempts.Add(attempt);
        var line = Describe(content);
        if (content is UsageContent)
        {
            Usage = line;
            return;
        }

        _told.Enqueue(line);
        _lines.Writer.TryWrite(line);
    }
}
