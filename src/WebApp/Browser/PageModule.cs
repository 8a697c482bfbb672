using Microsoft.JSInterop;

namespace QrAi.WebApp.Browser;

/// <summary>The module <c>qrai.js</c>: what Blazor has no part for.</summary>
/// <param name="runtime">Loads the module.</param>
public sealed class PageModule(IJSRuntime runtime)
{
    private Task<IJSObjectReference>? _module;

    /// <summary>Calls a function of the module.</summary>
    public async ValueTask CallAsync(string function, params object?[] arguments) =>
        await (await LoadAsync()).InvokeVoidAsync(function, arguments);

    /// <summary>Calls a function of the module that returns a text, or null.</summary>
    public async ValueTask<string?> TextOfAsync(string function, params object?[] arguments) =>
        await (await LoadAsync()).InvokeAsync<string?>(function, arguments);

    /// <summary>Asks the person.</summary>
    /// <param name="question">The question.</param>
    /// <returns>Whether the person agrees.</returns>
    public async ValueTask<bool> ConfirmAsync(string question) =>
        await (await LoadAsync()).InvokeAsync<bool>("confirm", question);

    private Task<IJSObjectReference> LoadAsync() =>
        _module ??= runtime.InvokeAsync<IJSObjectReference>("import", "./qrai.js").AsTask();
}
