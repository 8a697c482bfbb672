using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

internal sealed class SessionConfiguration : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.Property(session => session.Id).ValueGeneratedNever();
        // The default is for the previous version, which may still write rows during the migration.
        builder
            .Property(session => session.Owner)
            .HasMaxLength(Owners.MaxLength)
            .HasDefaultValue(Owners.Unauthenticated)
            .ValueGeneratedNever();
        builder.Property(session => session.Title).HasMaxLength(Session.MaxTitleLength * 2); // UTF-16 units
        builder.Property(session => session.IsTitled).HasDefaultValue(true).ValueGeneratedNever();
        builder
            .HasMany(session => session.Messages)
            .WithOne()
            .HasForeignKey(message => message.SessionId)
            .OnDelete(DeleteBehavior.Cascade);

        builder.Property(session => session.IndexedAt).HasDefaultValue(Session.NeverIndexed).ValueGeneratedNever();
        builder.Property(session => session.IndexedMessages).HasDefaultValue(0).ValueGeneratedNever();
        builder.Property(session => session.IndexedTitle).HasDefaultValue(0).ValueGeneratedNever();

        // Serves an owner's list by latest activity; the id makes the order total.
        builder
            .HasIndex(session => new
            {
                session.Owner,
                session.UpdatedAt,
                session.Id,
            })
            .IsDescending(false, true, true);

        // Serves the indexing of what is new, and the search in titles that are not indexed yet.
        builder
            .HasIndex(
                session => new
                {
                    session.Owner,
                    session.UpdatedAt,
                    session.Id,
                },
                "ix_sessions_unindexed"
            )
            .IsDescending(false, true, true)
            .HasDatabaseName("ix_sessions_unindexed")
            .HasFilter("indexed_at <> updated_at");
    }
}
