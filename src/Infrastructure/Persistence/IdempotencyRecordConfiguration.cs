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
        // Of two who take over from a dead worker, one comes second.
        builder.Property(record => record.WorkerId).IsConcurrencyToken();

        // Serves every request with a key, and lets one of them be the first.
        builder
            .HasIndex(record => new
            {
                record.Owner,
                record.Key,
                record.Part,
            })
            .IsUnique();

        // Serves those who look for what counts no longer.
        builder.HasIndex(record => record.CreatedAt);
    }
}
