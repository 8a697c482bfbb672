using MediatR;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application;
using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Support.Backups;

/// <summary>The use cases of backups as the service composes them, over an archive and databases in memory.</summary>
internal sealed class BackupService : IDisposable
{
    private readonly ServiceProvider _services;

    public BackupService()
    {
        Archive = new MemoryArchive(Clock, Journal);
        Own = new MemoryBackupDatabase("the service's database", Clock, Journal);
        Other = new MemoryBackupDatabase("another database", Clock, Journal);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddApplication(null);
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IBackupArchive>(Archive);
        services.AddSingleton<IBackupDatabases>(new MemoryBackupDatabases(Own, Other));
        services.AddSingleton(new BackupRetention(Daily: 1, Weekly: 0, Monthly: 0));
        _services = services.BuildServiceProvider();
    }

    public TestClock Clock { get; } = new();

    /// <summary>All changes to the archive and the databases, in order.</summary>
    public List<string> Journal { get; } = [];

    public MemoryArchive Archive { get; }

    public MemoryBackupDatabase Own { get; }

    /// <summary>The database at <see cref="MemoryBackupDatabases.OtherUrl"/>.</summary>
    public MemoryBackupDatabase Other { get; }

    public ISender Sender => _services.GetRequiredService<ISender>();

    public void Dispose() => _services.Dispose();
}
