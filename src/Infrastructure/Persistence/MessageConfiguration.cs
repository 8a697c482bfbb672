using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Persistence;

internal sealed class MessageConfiguration : IEntityTypeConfiguration<Message>
{
    public void Configure(EntityTypeBuilder<Message> builder)
    {
        builder.Property(message => message.Id).ValueGeneratedNever();
        // The default is for the program before, which may still write rows while this one migrates.
        builder
            .Property(message => message.Owner)
            .HasMaxLength(Owners.MaxLength)
            .HasDefaultValue(Owners.Unauthenticated)
            .ValueGeneratedNever();
        builder.Property(message => message.Role).HasConversion(LowerCase<MessageRole>()).HasMaxLength(16);
        builder.Property(message => message.Status).HasConversion(LowerCase<MessageStatus>()).HasMaxLength(16);
        builder.Property(message => message.FinishReason).HasMaxLength(Message.MaxFinishReasonLength);
        builder.Property(message => message.Attempts).HasConversion(AttemptsAsJson, AttemptsAreValues);
        builder.ComplexProperty(message => message.Usage);
        builder.ComplexProperty(message => message.Error);
        builder.Property(message => message.Run).HasDefaultValue(1).ValueGeneratedNever();
        builder.Property(message => message.Takeovers).HasDefaultValue(0).ValueGeneratedNever();

        // Of an open answer: who generates it, what is needed to ask again, and whether someone wants it to stop. They are
        // the stores', which write them in SQL of their own.
        builder.Property<Guid?>("WorkerId");
        builder.Property<string?>("Request");
        builder.Property<bool>("StopRequested").HasDefaultValue(false).ValueGeneratedNever();

        // Serves pages and history from either end, and keeps the numbers of a session apart.
        builder.HasIndex(message => new { message.SessionId, message.Number }).IsUnique();

        // Guards one open answer at a time; also finds those whose worker is dead.
        builder
            .HasIndex(message => message.SessionId)
            .HasDatabaseName("ix_messages_open_answer")
            .IsUnique()
            .HasFilter("status = 'generating'");
    }

    private static ValueConverter<IReadOnlyList<Attempt>?, string?> AttemptsAsJson { get; } =
        new(
            attempts => JsonSerializer.Serialize(attempts, JsonSerializerOptions.Web),
            json => JsonSerializer.Deserialize<List<Attempt>>(json!, JsonSerializerOptions.Web)
        );

    // They are set once and never changed in place.
    private static ValueComparer<IReadOnlyList<Attempt>?> AttemptsAreValues { get; } =
        new((a, b) => ReferenceEquals(a, b), attempts => attempts == null ? 0 : attempts.Count, attempts => attempts);

    private static ValueConverter<T, string> LowerCase<T>()
        where T : struct, Enum => new(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<T>(text, true));
}
