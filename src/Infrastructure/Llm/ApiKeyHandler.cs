using QrAi.Infrastructure.Secrets;

namespace QrAi.Infrastructure.Llm;

/// <summary>Adds the provider's current key to each request, if the provider has one.</summary>
internal sealed class ApiKeyHandler(string provider, SecretProvider secrets) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (secrets.ApiKeyOf(provider) is { } key)
            request.Headers.Authorization = new("Bearer", key);
        return base.SendAsync(request, cancellationToken);
    }
}
