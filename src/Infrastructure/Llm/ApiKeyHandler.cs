using QrAi.Infrastructure.Secrets;

namespace QrAi.Infrastructure.Llm;

/// <summary>Gives each request the provider's key of that moment.</summary>
internal sealed class ApiKeyHandler(string provider, LiveSecrets secrets) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        request.Headers.Authorization = new("Bearer", secrets.ApiKeyOf(provider));
        return base.SendAsync(request, cancellationToken);
    }
}
