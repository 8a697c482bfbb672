using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Support.Backups;

/// <summary>A database of PostgreSQL whose contents a test gives, and which notes what is changed.</summary>
internal sealed class MemoryBackupDatabase(string description, TestClock clock, List<string> journal) : IBackupDatabase
{
    public static readonly DatabaseContents Nothing = new(null, []);

    /// <summary>What dumping it writes.</summary>
    public static ReadOnlySpan<byte> Dump => "a dump"u8;

    public DatabaseContents Contents { get; set; } = new("1_a", [new("public.notes", 1, "0000000000000001")]);

    /// <summary>What a copy holds; null where it is what the manifest says.</summary>
    public DatabaseContents? Restored { get; set; }

    /// <summary>How long a dump, a restore and a take-over take, each.</summary>
    public TimeSpan Pace { get; set; }

    /// <summary>What happens instead of a dump.</summary>
    public Exception? DumpFault { get; set; }

    /// <summary>What happens instead of a restore.</summary>
    public Exception? RestoreFault { get; set; }

    /// <summary>What happens when a copy is read.</summary>
    public Exception? ReadFault { get; set; }

    /// <summary>What happens instead of a take-over.</summary>
    public Exception? TakeOverFault { get; set; }

    /// <summary>Somebody changes it after the safety backup, so that it is kept under this name.</summary>
    public string? RetainedAs { get; set; }

    public BackupFormat Format { get; set; } = BackupFormat.Postgresql;

    public string Description => description;

    public async Task<DumpedDatabase> DumpAsync(Stream destination, CancellationToken cancellationToken)
    {
        Work();
        await destination.WriteAsync(Dump.ToArray(), cancellationToken);
        return DumpFault is { } fault ? throw fault : new DumpedDatabase("pg_dump 18.1", "17.2", Contents);
    }

    public Task<bool> IsEmptyAsync(CancellationToken cancellationToken) => Task.FromResult(Contents == Nothing);

    public Task<IRestoredCopy> RestoreCopyAsync(
        string dump,
        BackupManifest manifest,
        CancellationToken cancellationToken
    )
    {
        Work();
        dump.ShouldBe(MemoryDump.PathOf(manifest.Id));
        if (RestoreFault is { } fault)
            throw fault;
        journal.Add($"copy {manifest.Id} beside {description}");
        return Task.FromResult<IRestoredCopy>(new MemoryCopy(this, Restored ?? manifest.Contents, journal));
    }

    /// <summary>What restores have left, and whether somebody uses it.</summary>
    public Dictionary<FormerDatabase, bool> Former { get; } = [];

    public Task<IReadOnlyList<FormerDatabase>> ListFormerAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<FormerDatabase>>([.. Former.Keys]);

    public Task<bool> DropFormerAsync(FormerDatabase former, CancellationToken cancellationToken) =>
        Task.FromResult(!Former[former] && Former.Remove(former));

    /// <summary>Lets the time pass that something takes.</summary>
    public void Work() => clock.Advance(Pace);
}
