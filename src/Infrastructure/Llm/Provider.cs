using Microsoft.Extensions.AI;

namespace QrAi.Infrastructure.Llm;

/// <summary>A provider in the order of failover.</summary>
/// <param name="Name">The name that callers and settings know it by.</param>
/// <param name="Model">The model that it is asked for unless the caller names another.</param>
/// <param name="Address">Where it is; null if it needs no network.</param>
/// <param name="Client">Makes one attempt, and throws <see cref="ProviderException"/>.</param>
/// <param name="Circuit">Skips it while it keeps failing, whoever asks.</param>
internal sealed record Provider(string Name, string Model, Uri? Address, IChatClient Client, Circuit Circuit);
