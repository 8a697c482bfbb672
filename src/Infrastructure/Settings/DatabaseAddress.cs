using System.Diagnostics.CodeAnalysis;

namespace QrAi.Infrastructure.Settings;

/// <summary>Which database, parsed from <c>DATABASE_URL</c>.</summary>
public abstract record DatabaseAddress
{
    private const string Expected =
        "must be postgresql://user:password@host[:port]/name[?sslmode=…], sqlite://relative/path or "
        + "sqlite:///absolute/path";

    private const string SqliteScheme = "sqlite://";

    private protected DatabaseAddress() { }

    /// <summary>Reads an address.</summary>
    /// <param name="url">What <c>DATABASE_URL</c> holds.</param>
    /// <param name="address">The address.</param>
    /// <param name="problem">What is wrong with it, without the password.</param>
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

        var sslMode = SslMode.Prefer;
        foreach (var parameter in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = parameter.Split('=', 2);
            if (pair[0] != "sslmode") // not shown: a password that is not percent-encoded may have a question mark
                return (null, "has an unknown parameter; only sslmode is known");
            if (pair.Length < 2 || !SslModes.TryGetValue(pair[1], out sslMode))
                return (null, $"must have an sslmode of {string.Join(", ", SslModes.Keys)}");
        }

        return (
            new PostgresAddress(
                uri.Host.Trim('[', ']'),
                uri.Port > 0 ? uri.Port : PostgresAddress.DefaultPort,
                database,
                Uri.UnescapeDataString(user[0]),
                user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "",
                sslMode
            ),
            null
        );
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

/// <summary>A file.</summary>
/// <param name="Path">Relative to the working directory, or absolute.</param>
public sealed record SqliteAddress(string Path) : DatabaseAddress
{
    /// <summary>What is used when nothing is set.</summary>
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
/// <param name="SslMode">Whether the connection is encrypted, and how the server is proven.</param>
public sealed record PostgresAddress(
    string Host,
    int Port,
    string Database,
    string User,
    string Password,
    SslMode SslMode
) : DatabaseAddress
{
    /// <summary>PostgreSQL's port.</summary>
    public const int DefaultPort = 5432;

    /// <summary>Where, without user and password.</summary>
    public override string ToString() => $"PostgreSQL {Host}:{Port}/{Database}";
}

/// <summary>The <c>sslmode</c> of libpq: https://www.postgresql.org/docs/15/libpq-ssl.html.</summary>
public enum SslMode
{
    /// <summary>Never encrypted.</summary>
    Disable,

    /// <summary>Encrypted if the server insists.</summary>
    Allow,

    /// <summary>Encrypted if the server can.</summary>
    Prefer,

    /// <summary>Always encrypted.</summary>
    Require,

    /// <summary>Encrypted, and the server's certificate comes from a trusted authority.</summary>
    VerifyCa,

    /// <summary>The same, and it is this server's.</summary>
    VerifyFull,
}
