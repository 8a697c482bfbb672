using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Support.Backups;

/// <summary>A PostgreSQL database in memory, whose contents a test sets. It records changes in a journal.</summary>
internal sealed class MemoryBackupDatabase(string description, TestClock clock, List<string> journal) : IBackupDatabase
{
    public static readonly DatabaseContents Empty = new(null, []);

    /// <summary>The bytes of a dump.</summary>
    public static ReadOnlySpan<byte> Dump => "a dump"u8;

    public DatabaseContents Contents { get; set; } = new("1_a", [new("public.notes", 1, "0000000000000001")]);

    /// <summary>The contents of a restored copy; null for those in the manifest.</summary>
    public DatabaseContents? Restored { get; set; }

    /// <summary>The duration of each dump, restore and take-over.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>The exception that a dump throws; null for none.</summary>
    public Exception? DumpFault { get; set; }

    /// <summary>The exception that a restore throws; null for none.</summary>
    public Exception? RestoreFault { get; set; }

    /// <summary>The exception that reading a copy throws; null for none.</summary>
    public Exception? ReadFault { get; set; }

    /// <summary>The exception that a take-over throws; null for none.</summary>
    public Exception? TakeOverFault { get; set; }

    /// <summary>The name under which a take-over retains the former database; null if it does not.</summary>
    public string? RetainedAs { get; set; }

    public BackupFormat Format { get; set; } = BackupFormat.Postgresql;

    public string Description => description;

    public async Task<DumpedDatabase> DumpAsync(Stream destination, CancellationToken cancellationToken)
    {
        Work();
        await destination.WriteAsync(Dump.ToArray(), cancellationToken);
        return DumpFault is { } fault ? throw fault : new DumpedDatabase("pg_dump 18.1", "17.2", Contents);
    }

    public Task<bool> IsEmptyAsync(CancellationToken cancellationToken) => Task.FromResult(Contents == Empty);

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

    /// <summary>The former databases that restores retained, and whether each is in use.</summary>
    public Dictionary<FormerDatabase, bool> Former { get; } = [];

    public Task<IReadOnlyList<FormerDatabase>> ListFormerAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<FormerDatabase>>([.. Former.Keys]);

    public Task<bool> DropFormerAsync(FormerDatabase former, CancellationToken cancellationToken) =>
        Task.FromResult(!Former[former] && Former.Remove(former));

    /// <summary>Advances the clock by <see cref="Duration"/>.</summary>
    public void Work() => clock.Advance(Duration);
}
