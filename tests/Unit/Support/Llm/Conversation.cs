using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Support.Llm;

/// <summary>A question to a client, and what is told until its end: a line for each thing.</summary>
internal sealed class Conversation
{
    private readonly ConcurrentQueue<string> _told = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<Attempt> _attempts = [];

    public Conversation(IChatClient client, ChatOptions? options, CancellationToken cancellationToken) =>
        Finished = Task.Run(() => FollowAsync(client, options, cancellationToken), CancellationToken.None);

    public Task Finished { get; }

    public string[] Told => [.. _told];

    public IReadOnlyList<Attempt> Attempts => _attempts;

    /// <summary>The waits that were passed, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    /// <summary>Why there is no whole answer.</summary>
    public Exception? Failure { get; private set; }

    public string? FailureCode => (Failure as GenerationFailedException)?.Code;

    /// <summary>Ends when a line has been told that no test has waited for yet.</summary>
    public async Task UntilAsync(string line)
    {
        while (await _lines.Reader.ReadAsync().AsTask().Soon() != line) { }
    }

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

    private void Tell(AIContent content)
    {
        if (content is AttemptEnded { Attempt: var attempt })
            _attempts.Add(attempt);
        var line = Describe(content);
        _told.Enqueue(line);
        _lines.Writer.TryWrite(line);
    }
}
