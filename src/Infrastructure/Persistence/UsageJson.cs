using System.Text.Json;
using System.Text.Json.Serialization;
using QrAi.Application.Usage;
using QrAi.Domain.Usage;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Writes calls of providers as JSON, from which a statement of either database inserts them as rows.</summary>
internal static class UsageJson
{
    /// <summary>Writes the calls of an answer.</summary>
    public static string Write(IEnumerable<UsageRecord> calls) =>
        Write(calls.Select(call => new WaitingCall(call, OnlyIfDeleted: false)));

    /// <summary>Writes calls.</summary>
    public static string Write(IEnumerable<WaitingCall> calls) =>
        JsonSerializer.Serialize(
            calls.Select(one => UsageRow.Of(one.Call, one.OnlyIfDeleted)),
            UsageRowJson.Default.IEnumerableUsageRow
        );
}

/// <summary>A row, with ids in the spelling of SQLite's driver, and the time as each database stores it.</summary>
internal sealed record UsageRow(
    string Id,
    string Owner,
    string? KeyId,
    string? SessionId,
    string? AnswerId,
    string Operation,
    string Provider,
    string Model,
    int Run,
    string Outcome,
    int PromptTokens,
    int CachedTokens,
    int CompletionTokens,
    long? Cost,
    bool IsEstimated,
    int Questions,
    DateOnly Day,
    DateTimeOffset CreatedAt,
    long CreatedTicks,
    bool OnlyIfDeleted
)
{
    public static UsageRow Of(UsageRecord call, bool onlyIfDeleted) =>
        new(
            Text(call.Id)!,
            call.Owner,
            Text(call.KeyId),
            Text(call.SessionId),
            Text(call.AnswerId),
            EnumNames.Of(call.Operation),
            call.Provider,
            call.Model,
            call.Run,
            call.Outcome,
            call.PromptTokens,
            call.CachedTokens,
            call.CompletionTokens,
            call.Cost,
            call.IsEstimated,
            call.Questions,
            call.Day,
            call.CreatedAt,
            call.CreatedAt.UtcTicks,
            onlyIfDeleted
        );

    private static string? Text(Guid? id) => id?.ToString().ToUpperInvariant();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IEnumerable<UsageRow>))]
internal sealed partial class UsageRowJson : JsonSerializerContext;
