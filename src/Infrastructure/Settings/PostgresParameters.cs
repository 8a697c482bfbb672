using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace QrAi.Infrastructure.Settings;

/// <summary>
/// The parameters of libpq, besides <c>sslmode</c>, that an address may have and the driver supports:
/// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-PARAMKEYWORDS.
/// </summary>
public sealed partial class PostgresParameters : IEquatable<PostgresParameters>
{
    /// <summary>The parameter for encryption, which is a property of the address.</summary>
    internal const string SslMode = "sslmode";

    /// <summary>The value of <c>sslrootcert</c> for the authorities that the system trusts.</summary>
    public const string SystemAuthorities = "system";

    private static readonly string[] AuthenticationMethods =
    [
        "password",
        "md5",
        "scram-sha-256",
        "gss",
        "sspi",
        "none",
    ];

    private static readonly SortedDictionary<string, Parameter> Known = new(StringComparer.Ordinal)
    {
        ["application_name"] = new(null),
        ["channel_binding"] = new("PGCHANNELBINDING", "disable", "prefer", "require"),
        ["client_encoding"] = new(null, "UTF8", "utf8", "UTF-8", "utf-8", "auto"), // no other encoding is supported
        ["connect_timeout"] = new("PGCONNECT_TIMEOUT") { IsNumber = true },
        ["gssencmode"] = new("PGGSSENCMODE", "disable", "prefer", "require"),
        ["keepalives"] = new(null, "0", "1"),
        ["keepalives_idle"] = new(null) { IsNumber = true },
        ["keepalives_interval"] = new(null) { IsNumber = true },
        ["krbsrvname"] = new("PGKRBSRVNAME"),
        ["load_balance_hosts"] = new("PGLOADBALANCEHOSTS", "disable", "random"),
        ["options"] = new(null),
        ["passfile"] = new("PGPASSFILE") { IsFile = true },
        ["require_auth"] = new("PGREQUIREAUTH") { IsMethodList = true },
        ["sslcert"] = new("PGSSLCERT") { IsFile = true },
        ["sslkey"] = new("PGSSLKEY") { IsFile = true },
        ["sslnegotiation"] = new("PGSSLNEGOTIATION", "postgres", "direct"),
        ["sslpassword"] = new(null),
        ["sslrootcert"] = new("PGSSLROOTCERT", SystemAuthorities) { IsFile = true },
        ["target_session_attrs"] = new("PGTARGETSESSIONATTRS", "any", "read-write", "primary"), // the service writes
    };

    private readonly SortedDictionary<string, string> _values;

    private PostgresParameters(SortedDictionary<string, string> values) => _values = values;

    /// <summary>No parameters.</summary>
    public static PostgresParameters None { get; } = new([]);

    /// <summary>A parameter's value; null if it is not set.</summary>
    /// <param name="name">The name in libpq.</param>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>The equivalent environment variables of PostgreSQL's programs.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Variables =>
        _values
            .Where(one => Known[one.Key].Variable is not null)
            .Select(one => KeyValuePair.Create(Known[one.Key].Variable!, one.Value));

    /// <summary>Parses parameters.</summary>
    /// <param name="pairs">Names and values, decoded.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="problem">The problem, without a value.</param>
    internal static bool TryParse(
        IEnumerable<KeyValuePair<string, string>> pairs,
        [NotNullWhen(true)] out PostgresParameters? parameters,
        [NotNullWhen(false)] out string? problem
    )
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var unknown = new List<string>();
        (parameters, problem) = (null, null);
        foreach (var (name, value) in pairs)
            if (!Known.TryGetValue(name, out var parameter))
                unknown.Add(Name().IsMatch(name) ? name : "an invalid name");
            else if (parameter.FindViolation(value) is { } rule)
                problem ??= $"has a parameter {name}, which must {rule}";
            else
                values[name] = value;
        if (unknown.Count > 0)
            problem =
                $"has unknown parameters: {string.Join(", ", unknown)}; known are {SslMode}, {string.Join(", ", Known.Keys)}";
        if (problem is not null)
            return false;
        parameters = new PostgresParameters(values);
        return true;
    }

    /// <inheritdoc />
    public bool Equals(PostgresParameters? other) => other is not null && _values.SequenceEqual(other._values);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as PostgresParameters);

    /// <inheritdoc />
    public override int GetHashCode() =>
        _values.Aggregate(0, (hash, one) => HashCode.Combine(hash, one.Key, one.Value));

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_]{0,62}$")]
    private static partial Regex Name();

    private sealed record Parameter(string? Variable, params string[] Words)
    {
        private const int MaxNumber = 86_400;

        public bool IsNumber { get; init; }

        /// <summary>Whether the value names a file, unless it is one of the words.</summary>
        public bool IsFile { get; init; }

        /// <summary>Whether the value is a list of authentication methods, either all allowed or all forbidden.</summary>
        public bool IsMethodList { get; init; }

        public string? FindViolation(string value) =>
            IsFile ? (Words.Contains(value) || File.Exists(value) ? null : "name an existing file")
            : IsMethodList
                ? (
                    AreValidMethods(value)
                        ? null
                        : $"list methods of {string.Join(", ", AuthenticationMethods)}, or each with a preceding !"
                )
            : Words.Length > 0 ? (Words.Contains(value) ? null : $"be one of {string.Join(", ", Words)}")
            : IsNumber ? (IsInRange(value) ? null : $"be a whole number from 0 to {MaxNumber}")
            : value.Length > 0 ? null
            : "not be empty";

        private static bool IsInRange(string value) =>
            int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MaxNumber;

        private static bool AreValidMethods(string value)
        {
            var methods = value.Split(',');
            return methods.Select(method => method.StartsWith('!')).Distinct().Count() == 1
                && methods.All(method => AuthenticationMethods.Contains(method.TrimStart('!')));
        }
    }
}
