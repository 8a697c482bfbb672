using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QrAi.Application.Idempotency;
using QrAi.Domain.Callers;

namespace QrAi.Infrastructure.Persistence;

internal sealed class IdempotencyRecordConfiguration : IEntityTypeConfiguration<IdempotencyRecord>
{
    public void Configure(EntityTypeBuilder<IdempotencyRecord> builder)
    {
        builder.Property(record => record.Id).ValueGeneratedNever();
        builder.Property(record => record.Owner).HasMaxLength(Owners.MaxLength);
        builder.Property(record => record.Key).HasMaxLength(IdempotencyRecord.HashLength);
        builder.Property(record => record.Part).HasMaxLength(IdempotencyRecord.HashLength);
        builder.Property(record => record.Fingerprint).HasMaxLength(IdempotencyRecord.HashLength);
        // Only one of two concurrent takeovers from a dead worker succeeds.
        builder.Property(record => record.WorkerId).IsConcurrencyToken();

        // Serves every request with a key, and lets only one of concurrent requests begin.
        builder
            .HasIndex(record => new
            {
                record.Owner,
                record.Key,
                record.Part,
            })
            .IsUnique();

        // Serves the removal of expired records.
        builder.HasIndex(record => record.CreatedAt);
    }
}
