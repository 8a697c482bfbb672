using System.CommandLine;
using QrAi.Application.Search;

namespace QrAi.WebApi.Commands;

/// <summary><c>search</c>: searches documents without a running service.</summary>
internal static class SearchCommand
{
    public static Command Create(VerbRunner runner)
    {
        var query = new Argument<string>("QUERY") { Description = "What to find." };
        var owner = DocumentsCommand.OwnerOption();
        var command = new Command("search", "Searches documents, and prints the best passages with their places.")
        {
            query,
            owner,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunForOwnerAsync(
                    parsed.GetValue(owner),
                    async (sender, terminal, stop) =>
                    {
                        var found = await sender.Send(new SearchPassages(parsed.GetValue(query)), stop);
                        foreach (var passage in found.Passages)
                        {
                            await terminal.Output.WriteLineAsync(
                                PassagePlace.Of(passage.Title, passage.Heading, passage.Page)
                            );
                            await terminal.Output.WriteLineAsync($"{passage.Text}\n");
                        }

                        if (found.Passages.Count == 0)
                            await terminal.Error.WriteLineAsync("No passage has a word of the query.");
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
        return command;
    }
}
