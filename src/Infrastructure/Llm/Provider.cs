using Microsoft.Extensions.AI;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Llm;

/// <summary>A provider in the order of failover.</summary>
/// <param name="Options">Its settings.</param>
/// <param name="Model">The model to use unless the caller names another.</param>
/// <param name="Client">Makes one attempt, and throws <see cref="ProviderException"/>.</param>
/// <param name="Circuit">Skips it while it keeps failing, for all callers.</param>
internal sealed record Provider(LlmProviderOptions Options, string Model, IChatClient Client, Circuit Circuit)
{
    /// <summary>The name in requests and settings.</summary>
    public string Name => Options.Name;

    /// <summary>Its base address; null if it needs no network.</summary>
    public Uri? Address => Options.BaseUrl;
}
