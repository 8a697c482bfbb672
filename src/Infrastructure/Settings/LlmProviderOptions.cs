using QrAi.Application.Models;

namespace QrAi.Infrastructure.Settings;

/// <summary>A provider in the order of failover.</summary>
public sealed record LlmProviderOptions
{
    internal LlmProviderOptions(ProviderProfile profile) => Profile = profile;

    /// <summary>The name that callers know it by.</summary>
    public string Name => Profile.Name;

    /// <summary>What <c>/chat/completions</c> is added to; null for the one that needs no network.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>The model that is asked unless the caller names one.</summary>
    public string Model { get; init; } = "";

    /// <summary>The secret; null where it wants none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The one that answers without a network.</summary>
    internal static LlmProviderOptions Offline { get; } = new(new ProviderProfile(ModelProviderNames.Offline));

    internal ProviderProfile Profile { get; }

    /// <summary>Where and what, without the key.</summary>
    public override string ToString() => BaseUrl is null ? Name : $"{Name}: {Model} at {BaseUrl}";

    /// <summary>Reads the settings of a provider, and reports what is wrong with those that are set.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="profile">The provider.</param>
    /// <param name="inProduction">Whether a key must not cross a network in clear text.</param>
    internal static LlmProviderOptions Read(SettingsReader settings, ProviderProfile profile, bool inProduction)
    {
        var key = settings.Find(profile.KeySetting);
        if (key is not null && !(IsHeaderText(key) && profile.KeyRule.IsKept(key)))
            settings.Report(profile.KeySetting, profile.KeyRule.Rule);
        return new LlmProviderOptions(profile)
        {
            ApiKey = key,
            BaseUrl = ReadBaseUrl(settings, profile, mayBeClearText: !inProduction || key is null && !profile.NeedsKey),
            Model = settings.Find(profile.ModelSetting) ?? profile.Model ?? "",
        };
    }

    /// <summary>Reports what a provider that is to be asked still needs.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="because">Why it is to be asked.</param>
    internal void ReportMissing(SettingsReader settings, string because)
    {
        // One that is there but wrong has been reported already.
        if (Profile.NeedsKey && settings.Find(Profile.KeySetting) is null)
            settings.ReportMissing(Profile.KeySetting, $"must be set, because {because}");
        if (Profile.BaseUrl is null && settings.Find(Profile.BaseUrlSetting) is null)
            settings.ReportMissing(Profile.BaseUrlSetting, $"must be set, because {because}");
        if (Profile.Model is null && settings.Find(Profile.ModelSetting) is null)
            settings.ReportMissing(Profile.ModelSetting, $"must be set, because {because}");
    }

    private static Uri? ReadBaseUrl(SettingsReader settings, ProviderProfile profile, bool mayBeClearText)
    {
        var name = profile.BaseUrlSetting;
        if ((settings.Find(name) ?? profile.BaseUrl) is not { } text)
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            settings.Report(name, "must be an absolute http or https address");
        else if (url.Query.Length > 0 || url.Fragment.Length > 0)
            settings.Report(name, "must be an address that a path can be added to");
        else if (mayBeClearText || !settings.ReportClearText(name, url, " in production"))
            return new Uri(url.AbsoluteUri.TrimEnd('/') + "/");
        return null;
    }

    /// <summary>Keys go into a header, which takes visible ASCII only.</summary>
    private static bool IsHeaderText(string key) => !key.AsSpan().ContainsAnyExceptInRange('!', '~');
}
