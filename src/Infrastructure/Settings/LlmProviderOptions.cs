using QrAi.Application.Models;

namespace QrAi.Infrastructure.Settings;

/// <summary>A provider in the order of failover.</summary>
public sealed record LlmProviderOptions
{
    internal LlmProviderOptions(ProviderProfile profile) => Profile = profile;

    /// <summary>The name in requests and settings.</summary>
    public string Name => Profile.Name;

    /// <summary>The base address of <c>chat/completions</c>; null if it needs no network.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>The model to use unless the caller names another.</summary>
    public string Model { get; init; } = "";

    /// <summary>The API key, a secret; null if there is none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The provider that answers without a network.</summary>
    internal static LlmProviderOptions Offline { get; } = new(new ProviderProfile(ModelProviderNames.Offline));

    internal ProviderProfile Profile { get; }

    /// <summary>Returns name, model and address, without the key.</summary>
    public override string ToString() => BaseUrl is null ? Name : $"{Name}: {Model} at {BaseUrl}";

    /// <summary>Reads the settings of a provider, and reports those that are invalid.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="profile">The provider.</param>
    /// <param name="inProduction">Whether a key must not be sent in clear text.</param>
    internal static LlmProviderOptions Read(SettingsReader settings, ProviderProfile profile, bool inProduction)
    {
        var key = settings.Find(profile.KeySetting);
        if (key is not null && !(IsHeaderText(key) && profile.KeyRule.IsValid(key)))
            settings.Report(profile.KeySetting, profile.KeyRule.Text);
        return new LlmProviderOptions(profile)
        {
            ApiKey = key,
            BaseUrl = ReadBaseUrl(settings, profile, mayBeClearText: !inProduction || key is null && !profile.NeedsKey),
            Model = settings.Find(profile.ModelSetting) ?? profile.Model ?? "",
        };
    }

    /// <summary>Reports the missing settings of a provider in use.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="reason">Why the provider is in use.</param>
    /// <param name="needsModel">Whether its model for answers is used.</param>
    internal void ReportMissing(SettingsReader settings, string reason, bool needsModel = true)
    {
        // An invalid setting has already been reported.
        if (Profile.NeedsKey && settings.Find(Profile.KeySetting) is null)
            settings.ReportMissing(Profile.KeySetting, $"must be set, because {reason}");
        if (Profile.BaseUrl is null && settings.Find(Profile.BaseUrlSetting) is null)
            settings.ReportMissing(Profile.BaseUrlSetting, $"must be set, because {reason}");
        if (needsModel && Profile.Model is null && settings.Find(Profile.ModelSetting) is null)
            settings.ReportMissing(Profile.ModelSetting, $"must be set, because {reason}");
    }

    private static Uri? ReadBaseUrl(SettingsReader settings, ProviderProfile profile, bool mayBeClearText)
    {
        var name = profile.BaseUrlSetting;
        if ((settings.Find(name) ?? profile.BaseUrl) is not { } text)
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            settings.Report(name, "must be an absolute http or https address");
        else if (url.Query.Length > 0 || url.Fragment.Length > 0)
            settings.Report(name, "must be an address without a query or a fragment");
        else if (mayBeClearText || !settings.ReportClearText(name, url, " in production"))
            return new Uri(url.AbsoluteUri.TrimEnd('/') + "/");
        return null;
    }

    /// <summary>Whether a key can be sent in a header: visible ASCII only.</summary>
    private static bool IsHeaderText(string key) => !key.AsSpan().ContainsAnyExceptInRange('!', '~');
}
