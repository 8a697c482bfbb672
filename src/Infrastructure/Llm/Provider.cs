using Microsoft.Extensions.AI;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Llm;

/// <summary>A provider in the order of failover.</summary>
/// <param name="Options">How it is reached.</param>
/// <param name="Model">The model that it is asked for unless the caller names another.</param>
/// <param name="Client">Makes one attempt, and throws <see cref="ProviderException"/>.</param>
/// <param name="Circuit">Skips it while it keeps failing, whoever asks.</param>
internal sealed record Provider(LlmProviderOptions Options, string Model, IChatClient Client, Circuit Circuit)
{
    /// <summary>The name that callers and settings know it by.</summary>
    public string Name => Options.Name;

    /// <summary>Where it is; null if it needs no network.</summary>
    public Uri? Address => Options.BaseUrl;
}
