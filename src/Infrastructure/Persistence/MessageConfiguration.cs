using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;

namespace QrAi.Infrastructure.Persistence;

internal sealed class MessageConfiguration : IEntityTypeConfiguration<Message>
{
    public void Configure(EntityTypeBuilder<Message> builder)
    {
        builder.Property(message => message.Id).ValueGeneratedNever();
        // The default is for the previous version, which may still write rows during the migration.
        builder
            .Property(message => message.Owner)
            .HasMaxLength(Owners.MaxLength)
            .HasDefaultValue(Owners.Unauthenticated)
            .ValueGeneratedNever();
        builder.Property(message => message.Role).HasConversion(EnumNames.LowerCase<MessageRole>()).HasMaxLength(16);
        builder
            .Property(message => message.Status)
            .HasConversion(EnumNames.LowerCase<MessageStatus>())
            .HasMaxLength(16);
        builder.Property(message => message.FinishReason).HasMaxLength(Message.MaxFinishReasonLength);
        builder.Property(message => message.Attempts).HasConversion(AsJson<Attempt>(), AreValues<Attempt>());
        builder.Property(message => message.Sources).HasConversion(AsJson<SourcePassage>(), AreValues<SourcePassage>());
        builder.ComplexProperty(
            message => message.Usage,
            usage =>
                usage
                    .Property(one => one!.Cost)
                    .HasConversion(
                        dollars => Picodollars.FromDollars(dollars!.Value),
                        cost => Picodollars.ToDollars(cost)
                    )
        );
        builder.ComplexProperty(message => message.Error);
        builder.Property(message => message.Run).HasDefaultValue(1).ValueGeneratedNever();
        builder.Property(message => message.Takeovers).HasDefaultValue(0).ValueGeneratedNever();

        // Only for open answers: the worker, the data to repeat the request, and whether a stop was requested. The stores
        // write these columns with their own SQL.
        builder.Property<Guid?>("WorkerId");
        builder.Property<string?>("Request");
        builder.Property<bool>("StopRequested").HasDefaultValue(false).ValueGeneratedNever();

        // Serves pages and history in both directions, and makes the numbers of a session unique.
        builder.HasIndex(message => new { message.SessionId, message.Number }).IsUnique();

        // Allows one open answer in a session; also serves the search for answers of dead workers.
        builder
            .HasIndex(message => message.SessionId)
            .HasDatabaseName("ix_messages_open_answer")
            .IsUnique()
            .HasFilter("status = 'generating'");
    }

    private static ValueConverter<IReadOnlyList<T>?, string?> AsJson<T>() =>
        new(
            list => JsonSerializer.Serialize(list, JsonSerializerOptions.Web),
            json => JsonSerializer.Deserialize<List<T>>(json!, JsonSerializerOptions.Web)
        );

    // A list is set once and never changed in place.
    private static ValueComparer<IReadOnlyList<T>?> AreValues<T>() =>
        new((a, b) => ReferenceEquals(a, b), list => list == null ? 0 : list.Count, list => list);
}
