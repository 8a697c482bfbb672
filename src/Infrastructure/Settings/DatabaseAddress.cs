using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace QrAi.Infrastructure.Settings;

/// <summary>The address of a database, parsed from <c>DATABASE_URL</c>.</summary>
public abstract record DatabaseAddress
{
    private const string Expected =
        "must be postgresql://user:password@host[:port]/name[?sslmode=…], sqlite://relative/path or "
        + "sqlite:///absolute/path";

    private const string EncodingHint =
        "has a character in the user or the password that must be percent-encoded: # is %23, / is %2F, ? is %3F, "
        + "@ is %40, [ is %5B, ] is %5D, \\ is %5C, a space is %20";

    private const string SqliteScheme = "sqlite://";

    private static readonly SearchValues<char> Separators = SearchValues.Create("#/?@[]\\ ");

    private protected DatabaseAddress() { }

    /// <summary>Parses an address.</summary>
    /// <param name="url">The value of <c>DATABASE_URL</c>.</param>
    /// <param name="address">The address.</param>
    /// <param name="problem">The problem, without the password.</param>
    public static bool TryParse(
        string url,
        [NotNullWhen(true)] out DatabaseAddress? address,
        [NotNullWhen(false)] out string? problem
    )
    {
        (address, problem) = url.StartsWith(SqliteScheme, StringComparison.OrdinalIgnoreCase)
            ? ParseSqlite(url[SqliteScheme.Length..])
            : ParsePostgres(url);
        return address is not null;
    }

    private static (DatabaseAddress?, string?) ParseSqlite(string path) =>
        path.Trim('/').Length == 0 || path.EndsWith('/') ? (null, "must name a file after sqlite://")
        : path.Contains('?', StringComparison.Ordinal) ? (null, "takes no parameters after a sqlite:// path")
        : (new SqliteAddress(path), null);

    private static (DatabaseAddress?, string?) ParsePostgres(string url)
    {
        var (address, problem) = ParsePostgresUrl(url);
        return problem is not null && NeedsEncoding(url) ? (null, EncodingHint) : (address, problem);
    }

    private static (DatabaseAddress?, string?) ParsePostgresUrl(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgresql" or "postgres"))
            return (null, Expected);

        var user = uri.UserInfo.Split(':', 2);
        var database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        if (user[0].Length == 0)
            return (null, $"names no user; {Expected}");
        if (uri.Host.Length == 0)
            return (null, $"names no host; {Expected}");
        if (database.Length == 0 || database.Contains('/', StringComparison.Ordinal))
            return (null, $"names no database; {Expected}");
        if (uri.Fragment.Length > 0)
            return (null, Expected);

        var pairs = uri
            .Query.TrimStart('?')
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(parameter => parameter.Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "")))
            .ToList();
        var sslMode = SslMode.Prefer;
        foreach (var (_, value) in pairs.Where(one => one.Key == PostgresParameters.SslMode))
            if (!SslModes.TryGetValue(value, out sslMode))
                return (null, $"must have an sslmode of {string.Join(", ", SslModes.Keys)}");
        if (
            !PostgresParameters.TryParse(
                pairs.Where(one => one.Key != PostgresParameters.SslMode),
                out var parameters,
                out var problem
            )
        )
            return (null, problem);
        if (sslMode < SslMode.Require && parameters["sslnegotiation"] == "direct")
            return (null, "must have an sslmode of require or more with sslnegotiation=direct");

        return (
            new PostgresAddress(
                uri.Host.Trim('[', ']'),
                uri.Port > 0 ? uri.Port : PostgresAddress.DefaultPort,
                database,
                Uri.UnescapeDataString(user[0]),
                user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "",
                sslMode
            )
            {
                Parameters = parameters,
            },
            null
        );
    }

    /// <summary>Whether the text before the last @ contains a character that would end a user or a password.</summary>
    private static bool NeedsEncoding(string url)
    {
        var (start, end) = (url.IndexOf("://", StringComparison.Ordinal) + 3, url.LastIndexOf('@'));
        return start >= 3 && end > start && url.AsSpan(start, end - start).ContainsAny(Separators);
    }

    private static Dictionary<string, SslMode> SslModes { get; } =
        new()
        {
            ["disable"] = SslMode.Disable,
            ["allow"] = SslMode.Allow,
            ["prefer"] = SslMode.Prefer,
            ["require"] = SslMode.Require,
            ["verify-ca"] = SslMode.VerifyCa,
            ["verify-full"] = SslMode.VerifyFull,
        };
}

/// <summary>A SQLite database file.</summary>
/// <param name="Path">The path, relative to the working directory or absolute.</param>
public sealed record SqliteAddress(string Path) : DatabaseAddress
{
    /// <summary>The default address.</summary>
    public static SqliteAddress Default { get; } = new("data/qrai.db");

    /// <inheritdoc />
    public override string ToString() => $"SQLite {Path}";
}

/// <summary>A database on a PostgreSQL server.</summary>
/// <param name="Host">The server.</param>
/// <param name="Port">Its port.</param>
/// <param name="Database">The database.</param>
/// <param name="User">The user.</param>
/// <param name="Password">The password; may be empty.</param>
/// <param name="SslMode">Whether the connection is encrypted, and how the server is verified.</param>
public sealed record PostgresAddress(
    string Host,
    int Port,
    string Database,
    string User,
    string Password,
    SslMode SslMode
) : DatabaseAddress
{
    /// <summary>The other parameters of libpq.</summary>
    public PostgresParameters Parameters { get; init; } = PostgresParameters.None;

    /// <summary>PostgreSQL's default port.</summary>
    public const int DefaultPort = 5432;

    /// <summary>Returns host, port and database, without user and password.</summary>
    public override string ToString() => $"PostgreSQL {Host}:{Port}/{Database}";
}

/// <summary>The <c>sslmode</c> of libpq: https://www.postgresql.org/docs/15/libpq-ssl.html.</summary>
public enum SslMode
{
    /// <summary>Never encrypted.</summary>
    Disable,

    /// <summary>Encrypted if the server requires it.</summary>
    Allow,

    /// <summary>Encrypted if the server supports it.</summary>
    Prefer,

    /// <summary>Always encrypted.</summary>
    Require,

    /// <summary>Encrypted, and a trusted authority issued the server's certificate.</summary>
    VerifyCa,

    /// <summary>As <see cref="VerifyCa"/>, and the certificate matches the host name.</summary>
    VerifyFull,
}
