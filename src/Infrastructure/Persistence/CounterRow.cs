using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace QrAi.Infrastructure.Persistence;

/// <summary>A number that only grows. Only <c>IDocumentQueueStore</c> accesses these rows.</summary>
public sealed class CounterRow
{
    private CounterRow() { }

    /// <summary>What is counted.</summary>
    public string Name { get; private init; } = "";

    /// <summary>The last number that was given out.</summary>
    public long Value { get; private init; }
}

internal sealed class CounterConfiguration : IEntityTypeConfiguration<CounterRow>
{
    public void Configure(EntityTypeBuilder<CounterRow> builder)
    {
        builder.ToTable("counters").HasKey(counter => counter.Name);
        builder.Property(counter => counter.Name).HasMaxLength(50);
    }
}
