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
        // An answer ends once: whoever read it while it was open, and comes to end it second, has a conflict.
        builder
            .Property(message => message.Status)
            .HasConversion(LowerCase<MessageStatus>())
            .HasMaxLength(16)
            .IsConcurrencyToken();
        builder.Property(message => message.FinishReason).HasMaxLength(Message.MaxFinishReasonLength);
        builder.Property(message => message.Attempts).HasConversion(AttemptsAsJson, AttemptsAreValues);
        builder.ComplexProperty(message => message.Usage);
        builder.ComplexProperty(message => message.Error);

        // Serves pages and history from either end, and keeps the numbers of a session apart.
        builder.HasIndex(message => new { message.SessionId, message.Number }).IsUnique();

        // The last guard of one open answer at a time; also finds those that were abandoned.
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
