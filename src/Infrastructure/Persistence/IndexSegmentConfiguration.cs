using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QrAi.Application.Search;
using QrAi.Domain.Callers;
using QrAi.Domain.Documents;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

internal sealed class IndexSegmentConfiguration : IEntityTypeConfiguration<IndexSegment>
{
    public void Configure(EntityTypeBuilder<IndexSegment> builder)
    {
        builder.Property(segment => segment.Id).ValueGeneratedNever();
        builder
            .Property(segment => segment.Kind)
            .HasConversion(EnumNames.LowerCase<IndexKind>())
            .HasMaxLength(16)
            .HasDefaultValue(IndexKind.Documents)
            .ValueGeneratedNever();
        builder.Property(segment => segment.Owner).HasMaxLength(Owners.MaxLength);
        builder
            .HasOne<Document>()
            .WithMany()
            .HasForeignKey(segment => segment.DocumentId)
            .OnDelete(DeleteBehavior.Cascade);
        builder
            .HasMany(segment => segment.Blocks)
            .WithOne()
            .HasForeignKey(block => block.SegmentId)
            .OnDelete(DeleteBehavior.Cascade);

        // Serve searches, in an owner's documents and in those that are shared.
        builder.HasIndex(segment => new { segment.Owner, segment.Level });
        builder.HasIndex(segment => segment.IsShared).HasFilter("is_shared");
    }
}

internal sealed class IndexBlockConfiguration : IEntityTypeConfiguration<IndexBlock>
{
    public void Configure(EntityTypeBuilder<IndexBlock> builder) =>
        builder.ToTable("index_blocks").HasKey(block => new { block.SegmentId, block.Number });
}

internal sealed class IndexRangeConfiguration : IEntityTypeConfiguration<IndexRange>
{
    public void Configure(EntityTypeBuilder<IndexRange> builder)
    {
        builder.Property(range => range.Id).ValueGeneratedNever();
        builder.Property(range => range.Revision).IsConcurrencyToken();
        builder.HasOne<Session>().WithMany().HasForeignKey(range => range.SessionId).OnDelete(DeleteBehavior.Cascade);

        // Serves the walk over sessions; unique, so that two processes cannot give a session different numbers.
        builder.HasIndex(range => new { range.SessionId, range.Position }).IsUnique();
    }
}
