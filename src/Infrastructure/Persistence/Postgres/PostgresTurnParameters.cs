using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Npgsql;
using NpgsqlTypes;
using QrAi.Application.Generations;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Adds the parameters of the statements for turns, in the order of their numbers in the SQL.</summary>
internal static class PostgresTurnParameters
{
    /// <summary>Adds the parameters of <see cref="PostgresTurnSql.Open"/>.</summary>
    public static void AddOpening(
        this NpgsqlParameterCollection parameters,
        TurnOpening opening,
        DateTimeOffset deadline
    )
    {
        var (question, answer) = (opening.Turn.Question, opening.Turn.Answer);
        var title = opening.NewSession?.Title ?? opening.Turn.Title;
        parameters.AddValue(answer.SessionId);
        parameters.AddValue(answer.Owner);
        parameters.AddValue(question.Id);
        parameters.AddValue(answer.Id);
        parameters.AddValue(question.CreatedAt.UtcDateTime);
        parameters.AddValue(question.Content);
        parameters.AddValue(title);
        parameters.AddValue(Session.FoldTitle(title));
        parameters.AddValue(opening.WorkerId);
        parameters.AddText(opening.Request);
        parameters.AddValue(deadline.UtcDateTime);
        if (opening.Record is not { } record)
            return;
        parameters.AddValue(record.Id);
        parameters.AddValue(record.Key);
        parameters.AddValue(record.Part);
        parameters.AddValue(record.Fingerprint);
    }

    /// <summary>
    /// Adds the parameters of <see cref="PostgresTurnSql.RemoveTurn"/> or <see cref="PostgresTurnSql.RemoveSession"/>.
    /// </summary>
    public static void AddRemoval(this NpgsqlParameterCollection parameters, TurnOpening opening)
    {
        parameters.AddValue(opening.Turn.Answer.SessionId);
        if (opening.NewSession is null)
            parameters.AddValue(opening.Turn.Question.Id);
        parameters.AddValue(opening.Turn.Answer.Id);
        if (opening.NewSession is not null)
            return;
        parameters.AddValue(opening.Turn.Title);
        parameters.AddValue(Session.Untitled);
        parameters.AddValue(Session.FoldTitle(Session.Untitled));
    }

    /// <summary>Adds the parameters of <see cref="PostgresTurnSql.Close"/>.</summary>
    public static void AddEnd(this NpgsqlParameterCollection parameters, TurnClosing closing)
    {
        var answer = closing.Turn.Answer;
        parameters.AddValue(answer.Id);
        parameters.AddValue(closing.WorkerId);
        parameters.AddValue(answer.Takeovers);
        parameters.AddValue(MessageStatusNames.Of(answer.Status));
        parameters.AddValue(answer.Content);
        parameters.AddText(answer.Provider);
        parameters.AddText(answer.Model);
        parameters.AddText(answer.FinishReason);
        parameters.AddNumber(answer.Usage?.PromptTokens);
        parameters.AddNumber(answer.Usage?.CompletionTokens);
        parameters.AddNumber(answer.Usage?.TotalTokens);
        parameters.AddJson(answer.Attempts, MessageJson.Stored.IReadOnlyListAttempt);
        parameters.AddText(answer.Error?.Code);
        parameters.AddText(answer.Error?.Message);
        parameters.AddValue(answer.CompletedAt!.Value.UtcDateTime);
        parameters.AddValue(answer.Run);
        parameters.AddJson(closing.UnrecordedSources, MessageJson.Stored.IReadOnlyListSourcePassage);
        parameters.AddNumber(answer.Usage?.CachedTokens);
        parameters.AddNumber(answer.Usage?.Cost is { } cost ? Picodollars.FromDollars(cost) : (long?)null);
        parameters.AddValue(UsageJson.Write(closing.Calls), NpgsqlDbType.Jsonb);
    }

    /// <summary>Adds a value without boxing it.</summary>
    public static void AddValue<T>(this NpgsqlParameterCollection parameters, T value) =>
        parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    /// <summary>Adds a value of a type that its .NET type does not determine.</summary>
    public static void AddValue(this NpgsqlParameterCollection parameters, string value, NpgsqlDbType type) =>
        parameters.Add(new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = type });

    /// <summary>Adds a text, or NULL.</summary>
    public static void AddText(this NpgsqlParameterCollection parameters, string? value) =>
        parameters.Add(
            value is null
                ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }
                : new NpgsqlParameter<string> { TypedValue = value }
        );

    private static void AddJson<T>(this NpgsqlParameterCollection parameters, T? value, JsonTypeInfo<T> type)
        where T : class =>
        parameters.Add(
            value is null
                ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb }
                : new NpgsqlParameter<byte[]>
                {
                    TypedValue = JsonSerializer.SerializeToUtf8Bytes(value, type),
                    NpgsqlDbType = NpgsqlDbType.Jsonb,
                }
        );

    private static void AddNumber<T>(this NpgsqlParameterCollection parameters, T? value)
        where T : struct =>
        parameters.Add(
            value is { } number
                ? new NpgsqlParameter<T> { TypedValue = number }
                : new NpgsqlParameter
                {
                    Value = DBNull.Value,
                    NpgsqlDbType = typeof(T) == typeof(long) ? NpgsqlDbType.Bigint : NpgsqlDbType.Integer,
                }
        );
}
