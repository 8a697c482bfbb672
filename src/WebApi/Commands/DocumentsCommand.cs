using System.CommandLine;
using MediatR;
using QrAi.Application.Documents;
using QrAi.Application.Errors;
using QrAi.Application.Paging;
using QrAi.Domain.Documents;

namespace QrAi.WebApi.Commands;

/// <summary><c>documents</c>: adds, lists and removes documents without a running service, and reads them again.</summary>
internal static class DocumentsCommand
{
    public static Command Create(VerbRunner runner)
    {
        var owner = OwnerOption();
        return new("documents", "Adds, lists and removes the documents that questions are answered from.")
        {
            owner,
            AddVerb(runner, owner),
            ListVerb(runner, owner),
            RemoveVerb(runner, owner),
            ReindexVerb(runner, owner),
        };
    }

    /// <summary>Creates the option that chooses the owner of documents.</summary>
    public static Option<string> OwnerOption() =>
        new("--owner")
        {
            Description = "The owner of the documents; without it the owner of unauthenticated callers.",
            HelpName = "OWNER",
            Recursive = true,
        };

    private static Command AddVerb(VerbRunner runner, Option<string> owner)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "A file, or a folder whose files are added with those of its folders, but hidden ones.",
            Arity = ArgumentArity.OneOrMore,
        };
        var shared = new Option<bool>("--shared") { Description = "All owners can read the documents." };
        var command = new Command("add", "Adds files, reads them, and prints what became of each.") { paths, shared };
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunForOwnerAsync(
                    parsed.GetValue(owner),
                    (sender, terminal, stop) =>
                        new DocumentImport(sender, terminal, parsed.GetValue(shared)).RunAsync(
                            parsed.GetValue(paths)!,
                            stop
                        ),
                    cancellationToken
                )
        );
        return command;
    }

    private static Command ListVerb(VerbRunner runner, Option<string> owner)
    {
        var command = new Command("list", "Prints each document: id, state, passages, name, title, error.");
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunForOwnerAsync(
                    parsed.GetValue(owner),
                    (sender, terminal, stop) => ListAsync(sender, terminal, stop),
                    cancellationToken
                )
        );
        return command;
    }

    private static Command RemoveVerb(VerbRunner runner, Option<string> owner)
    {
        var id = new Argument<Guid>("ID")
        {
            Description = "The document, as list prints it.",
            CustomParser = UuidParser.Parse,
        };
        var command = new Command("remove", "Deletes a document with its file and its passages.") { id };
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunForOwnerAsync(
                    parsed.GetValue(owner),
                    async (sender, terminal, stop) =>
                    {
                        await sender.Send(new DeleteDocument(parsed.GetValue(id)), stop);
                        await terminal.Output.WriteLineAsync($"removed {parsed.GetValue(id)}");
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static Command ReindexVerb(VerbRunner runner, Option<string> owner)
    {
        var command = new Command("reindex", "Reads all documents of an owner again, such as after an update.");
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunForOwnerAsync(
                    parsed.GetValue(owner),
                    async (sender, terminal, stop) =>
                    {
                        var count = await sender.Send(new ReindexDocuments(), stop);
                        while (await sender.Send(new ReadNextDocument(), stop)) { }
                        await terminal.Output.WriteLineAsync($"{count} documents read again");
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> ListAsync(ISender sender, Terminal terminal, CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await sender.Send(
                new ListDocuments(PageLimits.Max, cursor, NameContains: null, Status: null),
                cancellationToken
            );
            foreach (var document in page.Items)
                await terminal.Output.WriteLineAsync(
                    $"{document.Id}  {DocumentImport.NameOf(document.Status), -10}  {document.Passages ?? 0, 5}  "
                        + $"{document.Name}  {document.Title}{(document.Shared ? "  shared" : "")}"
                        + (document.Error is { } error ? $"  {error.Code}" : "")
                );
            cursor = page.NextCursor;
        } while (cursor is not null);
        return ExitCode.Done;
    }
}

/// <summary>Adds files to the documents of an owner, and reads them.</summary>
/// <param name="sender">The application, in a scope that has the owner.</param>
/// <param name="terminal">The terminal.</param>
/// <param name="shared">Whether all owners can read the documents.</param>
internal sealed class DocumentImport(ISender sender, Terminal terminal, bool shared)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    private readonly List<Guid> _pending = [];
    private bool _hasFailed;

    /// <summary>Returns the name of a state, as callers over HTTP see it.</summary>
    public static string NameOf(DocumentStatus status) => status.ToString().ToLowerInvariant();

    /// <summary>Adds files and folders.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        foreach (var path in paths)
            if (Directory.Exists(path))
                foreach (var file in FilesIn(path))
                    await AddAsync(file, isNamed: false, cancellationToken);
            else
                await AddAsync(path, isNamed: true, cancellationToken);

        // A running service may read them at the same time.
        while (_pending.Count > 0)
        {
            var hasRead = await sender.Send(new ReadNextDocument(), cancellationToken);
            await ReportAsync(cancellationToken);
            if (!hasRead && _pending.Count > 0)
                await Task.Delay(_pause, cancellationToken);
        }

        return _hasFailed ? ExitCode.Failed : ExitCode.Done;
    }

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory
            .EnumerateFiles(
                folder,
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden }
            )
            .Order(StringComparer.Ordinal);

    private async Task AddAsync(string path, bool isNamed, CancellationToken cancellationToken)
    {
        try
        {
            var content = await File.ReadAllBytesAsync(path, cancellationToken);
            var added = await sender.Send(new AddDocument(Path.GetFileName(path), content, shared), cancellationToken);
            if (added.IsNew || added.Document.Status is DocumentStatus.Queued or DocumentStatus.Processing)
                _pending.Add(added.Document.Id);
            else
                await WriteAsync(NameOf(added.Document.Status), path, $"{added.Document.Id}, added before");
        }
        catch (UnsupportedDocumentException exception)
        {
            _hasFailed |= isNamed;
            await WriteAsync("skipped", path, exception.Message);
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or UnauthorizedAccessException
                        or DocumentTooLargeException
                        or InvalidRequestException
            )
        {
            _hasFailed = true;
            await WriteAsync("failed", path, exception.Message);
        }
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        foreach (var id in _pending.ToList())
        {
            var document = await sender.Send(new GetDocument(id), cancellationToken);
            if (document.Status is DocumentStatus.Queued or DocumentStatus.Processing)
                return; // those behind it in the queue are not read either
            _pending.Remove(id);
            _hasFailed |= document.Status == DocumentStatus.Failed;
            await WriteAsync(
                NameOf(document.Status),
                document.Name,
                document.Error?.Message ?? $"{id}, {document.Passages} passages"
            );
        }
    }

    private Task WriteAsync(string outcome, string file, string detail) =>
        terminal.Output.WriteLineAsync($"{outcome, -7}  {file}  {detail}");
}
