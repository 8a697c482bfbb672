namespace QrAi.Infrastructure.Settings;

/// <summary>Which key vault has settings, and how it is read. The vault itself cannot contain these settings.</summary>
public sealed record KeyVaultOptions
{
    /// <summary>The setting with the vault's address.</summary>
    public const string UrlName = "AZURE_KEYVAULT_URL";

    /// <summary>The setting with the time limit.</summary>
    public const string TimeoutName = "AZURE_KEYVAULT_TIMEOUT_SECONDS";

    /// <summary>The setting with the reload interval.</summary>
    public const string ReloadName = "AZURE_KEYVAULT_RELOAD_MINUTES";

    /// <summary>The vault's address; null if there is no vault, or its address is invalid.</summary>
    public Uri? Url { get; init; }

    /// <summary>The time limit of one reading, including credentials and retries: 1–120 s.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The interval at which secrets are reloaded: up to 1,440 minutes; zero turns reloading off.</summary>
    public required TimeSpan ReloadInterval { get; init; }

    /// <summary>Whether secrets are read again while the service runs.</summary>
    public bool IsReloaded => Url is not null && ReloadInterval > TimeSpan.Zero;

    internal static KeyVaultOptions Read(SettingsReader settings) =>
        new()
        {
            Url = ReadUrl(settings),
            Timeout = settings.Seconds(TimeoutName, 15, 1, 120),
            ReloadInterval = settings.Minutes(ReloadName, 0, 0, 1_440),
        };

    private static Uri? ReadUrl(SettingsReader settings)
    {
        if (settings.Find(UrlName) is not { } text)
            return null;
        if (
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme == Uri.UriSchemeHttps
            && url.PathAndQuery == "/"
            && url.UserInfo.Length + url.Fragment.Length == 0
        )
            return url;

        // The value is not shown, as it may contain a secret.
        settings.Report(
            UrlName,
            "must be a key vault's absolute https address without a path, like https://name.vault.azure.net"
        );
        return null;
    }
}
