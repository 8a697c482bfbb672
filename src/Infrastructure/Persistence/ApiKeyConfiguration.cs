using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QrAi.Domain.Callers;

namespace QrAi.Infrastructure.Persistence;

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    private const int HashLength = 64; // SHA-256 as hexadecimal digits

    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.Property(key => key.Id).ValueGeneratedNever();
        builder.Property(key => key.Name).HasMaxLength(ApiKey.MaxNameLength * 2); // UTF-16 units
        builder.Property(key => key.Owner).HasMaxLength(Owners.MaxLength);
        builder.Property(key => key.Hash).HasMaxLength(HashLength);
        builder
            .Property(key => key.Limits)
            .HasConversion(
                limits => string.Join(';', limits),
                text =>
                    text.Split(';', StringSplitOptions.RemoveEmptyEntries)
                        .Select(limit => SpendingLimit.TryParse(limit)!)
                        .ToList(),
                ValueComparer.CreateDefault<IReadOnlyList<SpendingLimit>>(favorStructuralComparisons: false)
            )
            .HasDefaultValueSql("''")
            .ValueGeneratedNever();

        // Serves every request of a caller with a key.
        builder.HasIndex(key => key.Hash).IsUnique();
    }
}
