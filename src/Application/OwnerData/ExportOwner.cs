using System.Runtime.CompilerServices;
using AutoMapper;
using MediatR;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;

namespace QrAi.Application.OwnerData;

/// <summary>
/// Reads everything that belongs to the owner of the scope, at one moment. It holds a connection until its end, so it is for
/// operators.
/// </summary>
public sealed record ExportOwner : IStreamRequest<ExportPart>;

internal sealed class ExportOwnerHandler(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    IMapper mapper,
    TimeProvider clock
) : IStreamRequestHandler<ExportOwner, ExportPart>
{
    public async IAsyncEnumerable<ExportPart> Handle(
        ExportOwner request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var database = await databases.OpenSnapshotAsync(caller.Owner, cancellationToken);
        var data = new OwnerReader(database, caller.Owner, mapper, clock);
        if (!await data.AnyAsync(cancellationToken))
            throw NotFoundException.OfOwner(caller.Owner);

        IAsyncEnumerable<ExportPart>[] files =
        [
            Lines("sessions.jsonl", data.ReadSessionsAsync(cancellationToken)),
            Lines("messages.jsonl", data.ReadMessagesAsync(cancellationToken)),
            Lines("documents.jsonl", data.ReadDocumentsAsync(cancellationToken)),
            Lines("keys.jsonl", data.ReadKeysAsync(cancellationToken)),
            Lines("usage.jsonl", data.ReadUsageAsync(cancellationToken)),
            FilesAsync(data, cancellationToken),
        ];
        foreach (var file in files)
        await foreach (var part in file)
            yield return part;
    }

    private static async IAsyncEnumerable<ExportPart> Lines(string path, IAsyncEnumerable<object> values)
    {
        yield return new ExportFile(path);
        await foreach (var value in values)
            yield return new ExportLine(value);
    }

    private static async IAsyncEnumerable<ExportPart> FilesAsync(
        OwnerReader data,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var document in data.ReadDocumentsAsync(cancellationToken))
        {
            yield return new ExportFile($"documents/{document.Id}/{SafeFileName.Of(document.Name)}");
            for (
                var number = 0;
                await data.ReadChunkAsync(document.Id, number, cancellationToken) is { } bytes;
                number++
            )
                yield return new ExportBytes(bytes);
        }
    }
}
