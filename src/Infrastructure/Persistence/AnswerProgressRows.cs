using System.Data.Common;
using System.Text;
using QrAi.Application.Generations;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// Reads the progress of answers from the rows of both databases: one row for each piece, or one without a text. The rows of an
/// answer are consecutive, and its pieces in order.
/// </summary>
internal static class AnswerProgressRows
{
    /// <summary>The columns in order.</summary>
    /// <remarks>
    /// The passages come with the first text of a run only. <c>is_known</c> is whether a part of its text is known.
    /// </remarks>
    public const string Columns = """
        m.id, m.status = 'generating', m.run, m.takeovers, m.provider, m.model, p.text,
          CASE WHEN NOT is_known AND coalesce(p.start, 0) = 0 THEN m.sources END
        """;

    public static async Task<IReadOnlyList<AnswerProgress>> ReadAsync(
        DbDataReader rows,
        CancellationToken cancellationToken
    )
    {
        var answers = new List<AnswerProgress>();
        var text = new StringBuilder();
        while (await rows.ReadAsync(cancellationToken))
        {
            var id = rows.GetGuid(0);
            if (answers.Count == 0 || answers[^1].AnswerId != id)
            {
                EndLast();
                answers.Add(
                    new AnswerProgress(
                        id,
                        rows.GetBoolean(1),
                        rows.GetInt32(2),
                        rows.GetInt32(3),
                        await rows.IsDBNullAsync(4, cancellationToken) ? null : rows.GetString(4),
                        await rows.IsDBNullAsync(5, cancellationToken) ? null : rows.GetString(5),
                        "",
                        await rows.IsDBNullAsync(7, cancellationToken) ? null : SourcesJson.Read(rows.GetString(7))
                    )
                );
            }

            if (!await rows.IsDBNullAsync(6, cancellationToken))
                text.Append(rows.GetString(6));
        }

        EndLast();
        return answers;

        void EndLast()
        {
            if (text.Length > 0)
                answers[^1] = answers[^1] with { Text = text.ToString() };
            text.Clear();
        }
    }
}
