using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QrAi.Domain.Callers;
using QrAi.Domain.Usage;

namespace QrAi.Infrastructure.Persistence;

internal sealed class ReservationConfiguration : IEntityTypeConfiguration<Reservation>
{
    public void Configure(EntityTypeBuilder<Reservation> builder)
    {
        builder.ToTable("reservations");
        builder.Property(reservation => reservation.Id).ValueGeneratedNever();
        builder.Property(reservation => reservation.Owner).HasMaxLength(Owners.MaxLength);
        builder.HasIndex(reservation => reservation.KeyId);
    }
}

internal sealed class KeyBudgetConfiguration : IEntityTypeConfiguration<KeyBudget>
{
    public void Configure(EntityTypeBuilder<KeyBudget> builder)
    {
        builder.ToTable("key_budgets").HasKey(budget => budget.KeyId);
        builder.Property(budget => budget.KeyId).ValueGeneratedNever();
        builder.Property(budget => budget.Owner).HasMaxLength(Owners.MaxLength);
        builder.Property(budget => budget.Revision).IsConcurrencyToken();
    }
}
