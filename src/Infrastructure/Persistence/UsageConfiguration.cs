using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QrAi.Domain.Callers;
using QrAi.Domain.Usage;

namespace QrAi.Infrastructure.Persistence;

// Without foreign keys: usage remains when sessions, messages and keys are deleted.
internal sealed class UsageRecordConfiguration : IEntityTypeConfiguration<UsageRecord>
{
    public void Configure(EntityTypeBuilder<UsageRecord> builder)
    {
        builder.ToTable("usage_records");
        builder.Property(call => call.Id).ValueGeneratedNever();
        builder.Property(call => call.Owner).HasMaxLength(Owners.MaxLength);
        builder.Property(call => call.Operation).HasConversion(EnumNames.LowerCase<UsageOperation>()).HasMaxLength(16);

        // Serves reports and the roll-up.
        builder
            .HasIndex(call => new { call.Owner, call.Day })
            .HasDatabaseName("ix_usage_records_not_rolled_up")
            .HasFilter("NOT is_rolled_up");

        // Serves the limits of keys by minute and hour.
        builder.HasIndex(call => new { call.KeyId, call.CreatedAt }).HasFilter("key_id IS NOT NULL");
    }
}

internal sealed class UsageDayConfiguration : IEntityTypeConfiguration<UsageDay>
{
    public void Configure(EntityTypeBuilder<UsageDay> builder)
    {
        builder
            .ToTable("usage_days")
            .HasKey(day => new
            {
                day.Owner,
                day.Day,
                day.KeyId,
                day.Operation,
                day.Provider,
                day.Model,
            });
        builder.Property(day => day.Owner).HasMaxLength(Owners.MaxLength);
        builder.Property(day => day.Operation).HasConversion(EnumNames.LowerCase<UsageOperation>()).HasMaxLength(16);
    }
}
