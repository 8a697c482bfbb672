using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

internal sealed class SessionConfiguration : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.Property(session => session.Id).ValueGeneratedNever();
        builder.Property(session => session.Title).HasMaxLength(Session.MaxTitleLength * 2); // UTF-16 units
        builder.Property(session => session.Version).IsConcurrencyToken();
        builder.Ignore(session => session.Events);
        builder
            .HasMany(session => session.Messages)
            .WithOne()
            .HasForeignKey(message => message.SessionId)
            .OnDelete(DeleteBehavior.Cascade);

        // Serves the list by latest activity; the id makes the order total.
        builder.HasIndex(session => new { session.UpdatedAt, session.Id }).IsDescending();
    }
}
