using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QrAi.Domain.Callers;
using QrAi.Domain.Documents;

namespace QrAi.Infrastructure.Persistence;

internal sealed class DocumentConfiguration : IEntityTypeConfiguration<Document>
{
    public void Configure(EntityTypeBuilder<Document> builder)
    {
        builder.Property(document => document.Id).ValueGeneratedNever();
        builder.Property(document => document.Owner).HasMaxLength(Owners.MaxLength);
        builder.Property(document => document.Name).HasMaxLength(Document.MaxNameLength * 2); // UTF-16 units
        builder.Property(document => document.Title).HasMaxLength(Document.MaxTitleLength * 2);
        builder.Property(document => document.MediaType).HasMaxLength(100);
        builder.Property(document => document.Sha256).HasMaxLength(Document.HashLength);
        builder
            .Property(document => document.Status)
            .HasConversion(EnumNames.LowerCase<DocumentStatus>())
            .HasMaxLength(16);
        builder.ComplexProperty(document => document.Error);
        // A worker that was considered dead changes nothing.
        builder.Property(document => document.WorkerId).IsConcurrencyToken();
        builder.Property(document => document.Takeovers).IsConcurrencyToken();

        // Stores equal files of an owner once.
        builder
            .HasIndex(document => new
            {
                document.Owner,
                document.IsShared,
                document.Sha256,
            })
            .IsUnique();

        // Serves an owner's list, the newest first; the id makes the order total.
        builder
            .HasIndex(document => new
            {
                document.Owner,
                document.CreatedAt,
                document.Id,
            })
            .IsDescending(false, true, true);

        // Serves the queue.
        builder
            .HasIndex(document => document.QueueNumber)
            .HasDatabaseName("ix_documents_queue")
            .HasFilter("status IN ('queued', 'processing')");
    }
}

internal sealed class DocumentChunkConfiguration : IEntityTypeConfiguration<DocumentChunk>
{
    public void Configure(EntityTypeBuilder<DocumentChunk> builder)
    {
        builder.HasKey(chunk => new { chunk.DocumentId, chunk.Number });
        builder.HasOne<Document>().WithMany().HasForeignKey(chunk => chunk.DocumentId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class PassageConfiguration : IEntityTypeConfiguration<Passage>
{
    public void Configure(EntityTypeBuilder<Passage> builder)
    {
        builder.Property(passage => passage.Id).ValueGeneratedNever();
        builder.Property(passage => passage.Owner).HasMaxLength(Owners.MaxLength);
        builder.Property(passage => passage.Heading).HasMaxLength(Passage.MaxHeadingLength * 2); // UTF-16 units
        builder
            .HasOne<Document>()
            .WithMany()
            .HasForeignKey(passage => passage.DocumentId)
            .OnDelete(DeleteBehavior.Cascade);

        // Serves a document's list.
        builder.HasIndex(passage => new { passage.DocumentId, passage.Number }).IsUnique();
    }
}
