using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace QrAi.Infrastructure.Settings;

/// <summary>
/// The parameters of libpq, besides <c>sslmode</c>, that an address may have and the driver honours:
/// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-PARAMKEYWORDS.
/// </summary>
public sealed partial class PostgresParameters : IEquatable<PostgresParameters>
{
    /// <summary>The parameter for the encryption, which an address knows by itself.</summary>
    internal const string SslMode = "sslmode";

    /// <summary>The value of <c>sslrootcert</c> for the system's own authorities.</summary>
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
        ["client_encoding"] = new(null, "UTF8", "utf8", "UTF-8", "utf-8", "auto"), // QrAi speaks no other
        ["connect_timeout"] = new("PGCONNECT_TIMEOUT") { IsNumber = true },
        ["gssencmode"] = new("PGGSSENCMODE", "disable", "prefer", "require"),
        ["keepalives"] = new(null, "0", "1"),
        ["keepalives_idle"] = new(null) { IsNumber = true },
        ["keepalives_interval"] = new(null) { IsNumber = true },
        ["krbsrvname"] = new("PGKRBSRVNAME"),
        ["load_balance_hosts"] = new("PGLOADBALANCEHOSTS", "disable", "random"),
        ["options"] = new(null),
        ["passfile"] = new("PGPASSFILE") { IsFile = true },
        ["require_auth"] = new("PGREQUIREAUTH") { IsMethods = true },
        ["sslcert"] = new("PGSSLCERT") { IsFile = true },
        ["sslkey"] = new("PGSSLKEY") { IsFile = true },
        ["sslnegotiation"] = new("PGSSLNEGOTIATION", "postgres", "direct"),
        ["sslpassword"] = new(null),
        ["sslrootcert"] = new("PGSSLROOTCERT", SystemAuthorities) { IsFile = true },
        ["target_session_attrs"] = new("PGTARGETSESSIONATTRS", "any", "read-write", "primary"), // QrAi writes
    };

    private readonly SortedDictionary<string, string> _values;

    private PostgresParameters(SortedDictionary<string, string> values) => _values = values;

    /// <summary>No parameters.</summary>
    public static PostgresParameters None { get; } = new([]);

    /// <summary>A parameter's value; null where it is not set.</summary>
    /// <param name="name">What libpq calls it.</param>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>The variables by which PostgreSQL's own programs take the same.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Variables =>
        _values
            .Where(one => Known[one.Key].Variable is not null)
            .Select(one => KeyValuePair.Create(Known[one.Key].Variable!, one.Value));

    /// <summary>Reads parameters.</summary>
    /// <param name="named">Names and values, decoded.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="problem">What is wrong with them, without a value.</param>
    internal static bool TryParse(
        IEnumerable<KeyValuePair<string, string>> named,
        [NotNullWhen(true)] out PostgresParameters? parameters,
        [NotNullWhen(false)] out string? problem
    )
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var unknown = new List<string>();
        (parameters, problem) = (null, null);
        foreach (var (name, value) in named)
            if (!Known.TryGetValue(name, out var parameter))
                unknown.Add(Name().IsMatch(name) ? name : "one whose name is none");
            else if (parameter.FindProblem(value) is { } wrong)
                problem ??= $"has a parameter {name}, which must {wrong}";
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
        private const int LargestNumber = 86_400;

        public bool IsNumber { get; init; }

        /// <summary>Whether it names a file, unless it is one of the words.</summary>
        public bool IsFile { get; init; }

        /// <summary>Whether it is a list of methods to authenticate, all of them allowed or all refused.</summary>
        public bool IsMethods { get; init; }

        public string? FindProblem(string value) =>
            IsFile ? (Words.Contains(value) || File.Exists(value) ? null : "name a file that is there")
            : IsMethods
                ? (
                    AreMethods(value)
                        ? null
                        : $"be of {string.Join(", ", AuthenticationMethods)}, or each with a ! before it"
                )
            : Words.Length > 0 ? (Words.Contains(value) ? null : $"be one of {string.Join(", ", Words)}")
            : IsNumber ? (IsInRange(value) ? null : $"be a whole number from 0 to {LargestNumber}")
            : value.Length > 0 ? null
            : "not be empty";

        private static bool IsInRange(string value) =>
            int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= LargestNumber;

        private static bool AreMethods(string value)
        {
            var methods = value.Split(',');
            return methods.Select(method => method.StartsWith('!')).Distinct().Count() == 1
                && methods.All(method => AuthenticationMethods.Contains(method.TrimStart('!')));
        }
    }
}
