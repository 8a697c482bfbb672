using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// A piece of an answer that is being generated; gone when the answer has ended. Only <c>IAnswerStore</c> and
/// <c>ITurnStore</c> read and write these.
/// </summary>
public sealed class AnswerPieceRow
{
    private AnswerPieceRow() { }

    /// <summary>The answer.</summary>
    public Guid AnswerId { get; private init; }

    /// <summary>The number of the run that it is a piece of.</summary>
    public int Run { get; private init; }

    /// <summary>Where in the run's text it begins, in UTF-16 code units.</summary>
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
