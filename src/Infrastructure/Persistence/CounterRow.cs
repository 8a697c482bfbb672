using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace QrAi.Infrastructure.Persistence;

/// <summary>A number that only grows. Only <c>PostgresCounters</c> and <c>SqliteCounters</c> access these rows.</summary>
public sealed class CounterRow
{
    /// <summary>The counter of the numbers of passages in the search index.</summary>
    internal const string Passages = "passages";

    /// <summary>The counter of the ranges of numbers of sessions in the search index.</summary>
    internal const string IndexRanges = "index_ranges";

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
