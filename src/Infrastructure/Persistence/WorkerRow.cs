using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace QrAi.Infrastructure.Persistence;

/// <summary>A process with durable work. Only <c>IWorkerStore</c> accesses these rows.</summary>
public sealed class WorkerRow
{
    /// <summary>The name of the table.</summary>
    public const string Table = "workers";

    private WorkerRow() { }

    /// <summary>A version 7 UUID, which each process generates.</summary>
    public Guid Id { get; private init; }

    /// <summary>The name for operators: the machine and the process.</summary>
    public string Name { get; private init; } = "";

    /// <summary>When it was registered, on the database's clock.</summary>
    public DateTimeOffset StartedAt { get; private init; }

    /// <summary>The time of its last heartbeat, on the database's clock.</summary>
    public DateTimeOffset HeartbeatAt { get; private init; }

    /// <summary>What it has counted for the limits of callers, for the other workers; empty until it has.</summary>
    public string Load { get; private init; } = "";
}

internal sealed class WorkerConfiguration : IEntityTypeConfiguration<WorkerRow>
{
    public void Configure(EntityTypeBuilder<WorkerRow> builder)
    {
        builder.ToTable(WorkerRow.Table);
        builder.Property(worker => worker.Id).ValueGeneratedNever();
        builder.Property(worker => worker.Name).HasMaxLength(300);
        builder.Property(worker => worker.Load).HasDefaultValue("").ValueGeneratedNever();
    }
}
