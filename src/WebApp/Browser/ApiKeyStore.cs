using System.Net;
using System.Net.Http.Headers;

namespace QrAi.WebApp.Browser;

/// <summary>The person's API key, which stays in the browser's storage and never gets into an address.</summary>
/// <param name="storage">The storage.</param>
public sealed class ApiKeyStore(BrowserStorage storage)
{
    private const string Name = "qrai.key";
    private bool _isRead;
    private string? _key;

    /// <summary>Raised when the service wants a key, or another one.</summary>
    public event Action? Needed;

    /// <summary>Raised when there is another key.</summary>
    public event Action? Changed;

    /// <summary>Whether there is a key, as far as it was read.</summary>
    public bool HasKey => _key is not null;

    /// <summary>Returns the key; null if there is none.</summary>
    public async ValueTask<string?> GetAsync()
    {
        if (_isRead)
            return _key;
        _key =
            await storage.ReadAsync(BrowserStorage.Session, Name)
            ?? await storage.ReadAsync(BrowserStorage.Local, Name);
        _isRead = true;
        return _key;
    }

    /// <summary>Keeps a key.</summary>
    /// <param name="key">The key; null removes it.</param>
    /// <param name="isForGood">Whether it is kept when the tab is closed.</param>
    /// <param name="isQuiet">Whether what is shown stays, because the key is of the same person.</param>
    public async Task SetAsync(string? key, bool isForGood, bool isQuiet = false)
    {
        (_key, _isRead) = (key, true);
        await storage.WriteAsync(BrowserStorage.Session, Name, isForGood ? null : key);
        await storage.WriteAsync(BrowserStorage.Local, Name, isForGood ? key : null);
        if (!isQuiet)
            Changed?.Invoke();
    }

    /// <summary>Asks the person for a key, or another one.</summary>
    public void Demand() => Needed?.Invoke();
}

/// <summary>Sends the key with each request.</summary>
/// <param name="keys">Has the key.</param>
/// <param name="signIn">Refreshes it, if it is a token; null if it never is.</param>
internal sealed class ApiKeyHandler(ApiKeyStore keys, SignIn? signIn = null) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (signIn is not null)
            await signIn.RefreshAsync();
        if (await keys.GetAsync() is { } key)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            keys.Demand();
        return response;
    }
}
