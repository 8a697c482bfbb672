using System.Globalization;
using Npgsql;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>URLs of databases in the format of <c>DATABASE_URL</c>.</summary>
public static class PostgresUrl
{
    /// <summary>Returns <c>postgresql://user:password@host:port/database</c>, escaped where needed.</summary>
    public static string Create(string host, int port, string user, string password, string database) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"postgresql://{Escape(user)}:{Escape(password)}@{host}:{port}/{Escape(database)}"
        );

    /// <summary>Returns the URL with another database.</summary>
    public static string WithDatabase(string url, string database)
    {
        var uri = Parse(url);
        return $"{uri.Scheme}://{uri.UserInfo}@{uri.Authority}/{Escape(database)}{uri.Query}";
    }

    /// <summary>Returns the name of its database.</summary>
    public static string DatabaseOf(string url) => Uri.UnescapeDataString(Parse(url).AbsolutePath.TrimStart('/'));

    /// <summary>Returns a connection string for Npgsql; query parameters become settings.</summary>
    public static string ToConnectionString(string url)
    {
        var uri = Parse(url);
        var user = uri.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host.Trim('[', ']'),
            Port = uri.IsDefaultPort || uri.Port < 0 ? 5432 : uri.Port,
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length == 2 ? Uri.UnescapeDataString(user[1]) : null,
            Database = DatabaseOf(url),
        };
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = pair.Split('=', 2) is [var n, var v] ? (n, v) : (pair, "");
            // libpq writes verify-full where Npgsql writes VerifyFull
            var setting = Uri.UnescapeDataString(value);
            builder[name] = name == "sslmode" ? setting.Replace("-", "", StringComparison.Ordinal) : setting;
        }

        return builder.ConnectionString;
    }

    /// <summary>Returns it as environment variables of PostgreSQL's programs, hidden from other users.</summary>
    public static IReadOnlyDictionary<string, string> ToEnvironment(string url)
    {
        var connection = new NpgsqlConnectionStringBuilder(ToConnectionString(url));
        return new Dictionary<string, string>
        {
            ["PGHOST"] = connection.Host!,
            ["PGPORT"] = connection.Port.ToString(CultureInfo.InvariantCulture),
            ["PGUSER"] = connection.Username!,
            ["PGPASSWORD"] = connection.Password ?? "",
            ["PGDATABASE"] = connection.Database!,
        };
    }

    private static string Escape(string part) => Uri.EscapeDataString(part);

    private static Uri Parse(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "postgresql" or "postgres"
            ? uri
            // never the URL itself, which contains a password
            : throw new ArgumentException("Expected postgresql://user:password@host[:port]/name.", nameof(url));
}
