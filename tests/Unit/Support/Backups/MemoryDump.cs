using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Support.Backups;

/// <summary>A dump without a file. Its path only identifies it.</summary>
internal sealed class MemoryDump(MemoryArchive archive, string id) : ILocalDump
{
    public string Path => PathOf(id);

    public static string PathOf(string id) => $"/memory/{id}.dump";

    public ValueTask DisposeAsync()
    {
        archive.Open--;
        return ValueTask.CompletedTask;
    }
}
