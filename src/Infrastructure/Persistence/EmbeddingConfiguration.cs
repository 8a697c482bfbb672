using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QrAi.Application.Embeddings;
using QrAi.Domain.Callers;
using QrAi.Domain.Documents;

namespace QrAi.Infrastructure.Persistence;

internal sealed class VectorBlockConfiguration : IEntityTypeConfiguration<VectorBlock>
{
    public void Configure(EntityTypeBuilder<VectorBlock> builder)
    {
        builder.ToTable("vector_blocks").HasKey(block => new { block.FirstPassageId, block.Model });
        builder.Property(block => block.Model).HasMaxLength(IEmbeddingModels.MaxNameLength);
        builder.Property(block => block.Owner).HasMaxLength(Owners.MaxLength);
        builder
            .HasOne<Passage>()
            .WithMany()
            .HasForeignKey(block => block.FirstPassageId)
            .OnDelete(DeleteBehavior.Cascade);

        // Serves the document that is embedded anew.
        builder.HasIndex(block => block.DocumentId);

        // Serve the comparison with the memory, in an owner's documents and in those that are shared, without the table.
        builder
            .HasIndex(block => new
            {
                block.Owner,
                block.IsShared,
                block.Model,
                block.Dimension,
                block.Passages,
                block.FirstPassageId,
            })
            .HasDatabaseName("ix_vector_blocks_owned");
        builder
            .HasIndex(block => new
            {
                block.IsShared,
                block.Model,
                block.Dimension,
                block.Passages,
                block.FirstPassageId,
            })
            .HasDatabaseName("ix_vector_blocks_shared")
            .HasFilter("is_shared");
    }
}

internal sealed class EmbeddingTaskConfiguration : IEntityTypeConfiguration<EmbeddingTask>
{
    public void Configure(EntityTypeBuilder<EmbeddingTask> builder)
    {
        builder.ToTable("embedding_tasks").HasKey(task => task.FirstPassageId);
        builder.Property(task => task.FirstPassageId).ValueGeneratedNever();
        builder.Property(task => task.Owner).HasMaxLength(Owners.MaxLength);
        builder
            .HasOne<Passage>()
            .WithOne()
            .HasForeignKey<EmbeddingTask>(task => task.FirstPassageId)
            .OnDelete(DeleteBehavior.Cascade);

        // Serves the queue, in which owners take turns.
        builder.HasIndex(task => new { task.Owner, task.FirstPassageId });
    }
}
