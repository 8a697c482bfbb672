using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// A piece of an answer that is being generated, removed when the answer ends. Only <c>IAnswerStore</c> and
/// <c>ITurnStore</c> access these rows.
/// </summary>
public sealed class AnswerPieceRow
{
    private AnswerPieceRow() { }

    /// <summary>The id of the answer.</summary>
    public Guid AnswerId { get; private init; }

    /// <summary>The number of the run.</summary>
    public int Run { get; private init; }

    /// <summary>The offset of the piece in the run's text, in UTF-16 code units.</summary>
    public int Start { get; private init; }

    /// <summary>The text.</summary>
    public string Text { get; private init; } = "";
}

internal sealed class AnswerPieceConfiguration : IEntityTypeConfiguration<AnswerPieceRow>
{
    public void Configure(EntityTypeBuilder<AnswerPieceRow> builder)
    {
        builder.ToTable("answer_pieces");
        builder.HasKey(piece => new
        {
            piece.AnswerId,
            piece.Run,
            piece.Start,
        });
        builder.HasOne<Message>().WithMany().HasForeignKey(piece => piece.AnswerId).OnDelete(DeleteBehavior.Cascade);
    }
}
