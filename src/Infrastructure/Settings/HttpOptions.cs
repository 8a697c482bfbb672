using System.Net;
using System.Net.Sockets;

namespace QrAi.Infrastructure.Settings;

/// <summary>Limits and trust of HTTP callers.</summary>
public sealed record HttpOptions
{
    private const string OriginsName = "CORS_ORIGINS";
    private const string ProxiesName = "TRUSTED_PROXIES";

    /// <summary>The maximum number of concurrent streams of a caller: 0–100,000; 0 turns the limit off.</summary>
    public required int StreamsPerCaller { get; init; }

    /// <summary>The time limit of a request that does not wait for an answer: 0.1–600 s.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>The origins whose pages may call the service from a browser, like <c>https://app.example</c>.</summary>
    public required IReadOnlyList<string> CorsOrigins { get; init; }

    /// <summary>The proxies whose forwarded headers are trusted.</summary>
    public required IReadOnlyList<IPNetwork> TrustedProxies { get; init; }

    internal static HttpOptions Read(SettingsReader settings) =>
        new()
        {
            StreamsPerCaller = settings.WholeNumber("STREAMS_PER_CALLER", 100, 0, 100_000),
            RequestTimeout = settings.Seconds("REQUEST_TIMEOUT_SECONDS", 30, 0.1, 600),
            CorsOrigins = ReadList(
                settings,
                OriginsName,
                "must be a comma-separated list of origins such as https://app.example",
                ParseOrigin
            ),
            TrustedProxies = ReadList(
                settings,
                ProxiesName,
                "must be a comma-separated list of addresses and networks such as 10.0.0.5,10.1.0.0/16",
                ParseNetwork
            ),
        };

    private static List<T> ReadList<T>(SettingsReader settings, string name, string rule, Func<string, (bool, T)> parse)
    {
        var list = new List<T>();
        foreach (var text in (settings.Find(name) ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            if (text.Length == 0 && settings.Find(name) is null)
                break;
            var (ok, value) = parse(text);
            if (ok)
                list.Add(value);
            else
                settings.Report(name, $"{rule}, not '{text}'");
        }

        return list;
    }

    private static (bool, string) ParseOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url.UserInfo.Length == 0
        && url.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase)
            ? (true, url.GetLeftPart(UriPartial.Authority))
            : (false, "");

    /// <summary>Parses a network or an address. A network of all addresses is rejected: it would trust every caller.</summary>
    private static (bool, IPNetwork) ParseNetwork(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
            return (network.PrefixLength > 0, network);
        if (!IPAddress.TryParse(text, out var address))
            return (false, default);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? (address.ToString() == text, new IPNetwork(address, 32)) // not "10.1", which means 10.0.0.1
            : (true, new IPNetwork(address, 128));
    }
}
