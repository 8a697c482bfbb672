using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using QrAi.Application.OwnerData;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.Commands;

/// <summary>Writes an export as a zip archive, of files with JSON lines and of the files of documents.</summary>
internal static class ExportArchive
{
    private static readonly JsonSerializerOptions _json = CreateOptions();

    /// <summary>Writes an archive. After a failure its directory is missing, so that it does not look complete.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="output">Receives the archive; it need not be seekable.</param>
    /// <param name="cancellationToken">Cancels the export.</param>
    /// <returns>The number of lines of each file with lines, in its order.</returns>
    [SuppressMessage(
        "Reliability",
        "CA2000",
        Justification = "The disposal of an archive writes its directory, which only a complete one may have."
    )]
    public static async Task<IReadOnlyList<(string Path, long Lines)>> WriteAsync(
        IAsyncEnumerable<ExportPart> parts,
        Stream output,
        CancellationToken cancellationToken
    )
    {
        var lines = new OrderedDictionary<string, long>();
        var archive = await ZipArchive.CreateAsync(
            output,
            ZipArchiveMode.Create,
            leaveOpen: true,
            entryNameEncoding: null,
            cancellationToken
        );
        var path = "";
        var file = Stream.Null;
        await foreach (var part in parts.WithCancellation(cancellationToken))
            switch (part)
            {
                case ExportFile next:
                    await file.DisposeAsync();
                    path = next.Path;
                    file = await archive.CreateEntry(path).OpenAsync(cancellationToken);
                    break;
                case ExportLine line:
                    await file.WriteAsync(ToLine(line.Value), cancellationToken);
                    lines[path] = lines.GetValueOrDefault(path) + 1;
                    break;
                case ExportBytes bytes:
                    await file.WriteAsync(bytes.Bytes, cancellationToken);
                    break;
            }

        await file.DisposeAsync();
        await archive.DisposeAsync();
        return [.. lines.Select(one => (one.Key, one.Value))];
    }

    private static byte[] ToLine(object value) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), _json), (byte)'\n'];

    private static JsonSerializerOptions CreateOptions()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        };
        QrAiJson.Configure(json);
        json.TypeInfoResolver = json.TypeInfoResolver!.WithAddedModifier(AddSources);
        return json;
    }

    /// <summary>Adds the passages that an answer was given, of which the API shows those that the answer cites.</summary>
    private static void AddSources(JsonTypeInfo type)
    {
        if (type.Type != typeof(MessageDto))
            return;
        // The type has a member of this name already, which stays ignored.
        const string Name = "sources";
        type.Properties.Remove(type.Properties.Single(member => member.Name == Name));
        var sources = type.CreateJsonPropertyInfo(typeof(IReadOnlyList<SourcePassage>), Name);
        sources.Get = message => ((MessageDto)message).Sources;
        sources.ShouldSerialize = (_, value) => value is not null;
        type.Properties.Add(sources);
    }
}
