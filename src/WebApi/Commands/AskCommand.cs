using System.CommandLine;
using MediatR;
using QrAi.Application.Answers;
using QrAi.Application.Citations;
using QrAi.Application.Generations;
using QrAi.Application.Questions;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.Commands;

/// <summary><c>ask</c>: asks a question without a running service, and streams the answer to standard output.</summary>
internal static class AskCommand
{
    public static Command Create(VerbRunner runner)
    {
        var question = new Argument<string>("QUESTION") { Description = "The question." };
        var session = new Option<Guid?>("--session")
        {
            Description = "The session to continue; without it a new one is created.",
            HelpName = "ID",
            CustomParser = result => UuidParser.Parse(result),
        };
        var owner = new Option<string>("--owner")
        {
            Description = "The owner of the session; without it the owner of unauthenticated callers.",
            HelpName = "OWNER",
        };
        var command = new Command(
            "ask",
            "Asks a question, streams the answer, and stores both. Ctrl-C cancels the answer; its text so far stays stored."
        )
        {
            question,
            session,
            owner,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunForOwnerAsync(
                    parsed.GetValue(owner),
                    (sender, terminal, stop) =>
                        AskAsync(
                            new AskQuestion(parsed.GetValue(question), parsed.GetValue(session), null, null),
                            sender,
                            terminal,
                            stop
                        ),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> AskAsync(
        AskQuestion request,
        ISender sender,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        var asked = await sender.Send(request, cancellationToken);
        using var follower = asked.Answer;
        var writer = new TerminalWriter(terminal);
        try
        {
            while (!follower.IsOver)
                if (!follower.Write(writer) && !follower.IsOver)
                    await follower.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // This process generates the answer: an open one would leave the session busy.
            await sender.Send(new CancelAnswer(follower.Generation.Identity.Id), CancellationToken.None);
            await terminal.Output.WriteLineAsync();
            throw;
        }

        var answer = follower.Generation.ToMessage();
        if (answer.Status == MessageStatus.Failed)
            throw new AnswerFailedException(answer);
        if (answer.Citations is { } citations)
            await terminal.Output.WriteLineAsync("\n" + string.Join('\n', citations.Select(Describe)));
        await terminal.Error.WriteLineAsync($"Session {asked.SessionId}");
        return answer.Status == MessageStatus.Completed ? ExitCode.Done : ExitCode.Failed;
    }

    private static string Describe(Citation citation)
    {
        var place = PassagePlace.Of(citation.Title, citation.Heading, citation.Page);
        return $"[{citation.Number}] {place}, passage {citation.Passage}";
    }

    /// <summary>Streams an answer to a terminal.</summary>
    private sealed class TerminalWriter(Terminal terminal) : IGenerationWriter
    {
        private bool _hasText;

        public void Started(GenerationStart start) { }

        public void Restarted(GenerationStart start, RestartReason reason)
        {
            terminal.Output.WriteLine();
            terminal.Error.WriteLine($"The answer was interrupted; {start.Provider} starts it again:");
        }

        public void Text(ReadOnlySpan<char> text, Position position)
        {
            _hasText = true;
            terminal.Output.Write(text);
            terminal.Output.Flush();
        }

        /// <summary>Not used: the citations of the answer follow its text.</summary>
        public void Sources(IReadOnlyList<SourcePassage> sources, Position position) { }

        /// <summary>Not used: answers to questions have no tool calls.</summary>
        public void ToolCall(int index, ToolCallIdentity? begun, ReadOnlySpan<char> arguments) { }

        public void Ended(GenerationEnd outcome, Position position)
        {
            if (_hasText || outcome.Status != MessageStatus.Failed)
                terminal.Output.WriteLine();
            // By another process: a cancellation in this process does not get here.
            if (outcome.Status == MessageStatus.Cancelled)
                terminal.Error.WriteLine("The answer was cancelled.");
        }
    }
}
