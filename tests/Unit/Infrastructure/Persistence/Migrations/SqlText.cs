namespace QrAi.Tests.Unit.Infrastructure.Persistence.Migrations;

/// <summary>Tokenizes PostgreSQL's SQL: https://www.postgresql.org/docs/15/sql-syntax-lexical.html.</summary>
internal static class SqlText
{
    /// <summary>
    /// Splits a text into statements, and statements into words. Names are in lower case unless they are quoted. A
    /// literal is one word that begins with an apostrophe. Comments are omitted.
    /// </summary>
    public static IEnumerable<IReadOnlyList<string>> Statements(string sql)
    {
        var words = new List<string>();
        foreach (var word in Words(sql).Append(";"))
            if (word != ";")
                words.Add(word);
            else if (words.Count > 0)
            {
                yield return words;
                words = [];
            }
    }

    /// <summary>Splits words at the commas outside of parentheses.</summary>
    public static IEnumerable<IReadOnlyList<string>> Parts(IEnumerable<string> words)
    {
        var (part, depth) = (new List<string>(), 0);
        foreach (var word in words)
        {
            depth += word switch
            {
                "(" => 1,
                ")" => -1,
                _ => 0,
            };
            if (word != "," || depth > 0)
            {
                part.Add(word);
                continue;
            }

            yield return part;
            part = [];
        }

        yield return part;
    }

    private static IEnumerable<string> Words(string sql)
    {
        for (var at = 0; at < sql.Length; )
        {
            var start = at;
            var rest = sql.AsSpan(at);
            if (char.IsWhiteSpace(sql[at]))
                at++;
            else if (rest.StartsWith("--", StringComparison.Ordinal))
                at = End(sql, at, "\n");
            else if (rest.StartsWith("/*", StringComparison.Ordinal))
                at = End(sql, at + 2, "*/");
            else if (sql[at] == '\'')
            {
                at = EndOfQuoted(sql, at);
                yield return sql[start..at];
            }
            else if (sql[at] == '"')
            {
                at = EndOfQuoted(sql, at);
                yield return sql[(start + 1)..(at - 1)];
            }
            else if (DollarTag(rest) is { } tag)
            {
                at = End(sql, at + tag.Length, tag);
                yield return "'" + sql[start..at];
            }
            else if (char.IsLetterOrDigit(sql[at]) || sql[at] == '_')
            {
                while (at < sql.Length && (char.IsLetterOrDigit(sql[at]) || sql[at] is '_' or '$'))
                    at++;
                yield return sql[start..at].ToLowerInvariant();
            }
            else
                yield return sql[at++].ToString();
        }
    }

    private static int End(string sql, int from, string mark) =>
        sql.IndexOf(mark, from, StringComparison.Ordinal) is >= 0 and var found ? found + mark.Length : sql.Length;

    private static int EndOfQuoted(string sql, int start)
    {
        var quote = sql[start];
        for (var at = start + 1; at < sql.Length; at++)
        {
            if (sql[at] != quote)
                continue;
            if (at + 1 == sql.Length || sql[at + 1] != quote)
                return at + 1;
            at++; // a doubled quotation mark is an escaped one
        }

        return sql.Length;
    }

    private static string? DollarTag(ReadOnlySpan<char> text)
    {
        if (text[0] != '$')
            return null;
        var end = text[1..].IndexOf('$');
        if (end < 0 || (end > 0 && char.IsDigit(text[1])))
            return null;
        foreach (var letter in text.Slice(1, end))
            if (!char.IsLetterOrDigit(letter) && letter != '_')
                return null;
        return text[..(end + 2)].ToString();
    }
}
