using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace QrAi.Infrastructure.Settings;

/// <summary>Which database, parsed from <c>DATABASE_URL</c>.</summary>
public abstract record DatabaseAddress
{
    private const string Expected =
        "must be postgresql://user:password@host[:port]/name[?sslmode=…], sqlite://relative/path or "
        + "sqlite:///absolute/path";

    private const string EncodingHint =
        "has a character in the user or the password that has to be percent-encoded: # is %23, / is %2F, ? is %3F, "
        + "@ is %40, [ is %5B, ] is %5D, \\ is %5C, a space is %20";

    private const string SqliteScheme = "sqlite://";

    private static readonly SearchValues<char> Separators = SearchValues.Create("#/?@[]\\ ");

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
        var (address, problem) = ParseWhole(url);
        return problem is not null && NeedsEncoding(url) ? (null, EncodingHint) : (address, problem);
    }

    private static (DatabaseAddress?, string?) ParseWhole(string url)
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

        var named = uri
            .Query.TrimStart('?')
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(parameter => parameter.Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "")))
            .ToList();
        var sslMode = SslMode.Prefer;
        foreach (var (_, value) in named.Where(one => one.Key == PostgresParameters.SslMode))
            if (!SslModes.TryGetValue(value, out sslMode))
                return (null, $"must have an sslmode of {string.Join(", ", SslModes.Keys)}");
        if (
            !PostgresParameters.TryParse(
                named.Where(one => one.Key != PostgresParameters.SslMode),
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

    /// <summary>Whether what stands before the last @ has a character in it that ends a user or a password.</summary>
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
    /// <summary>What else libpq is told.</summary>
    public PostgresParameters Parameters { get; init; } = PostgresParameters.None;

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
