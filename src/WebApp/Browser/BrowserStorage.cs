namespace QrAi.WebApp.Browser;

/// <summary>What the browser keeps for this page.</summary>
/// <param name="module">Reads and writes it.</param>
public sealed class BrowserStorage(PageModule module)
{
    /// <summary>Until the tab is closed.</summary>
    public const string Session = "sessionStorage";

    /// <summary>For good.</summary>
    public const string Local = "localStorage";

    /// <summary>Reads a value; null if there is none.</summary>
    public ValueTask<string?> ReadAsync(string storage, string name) => module.TextOfAsync("read", storage, name);

    /// <summary>Writes a value; null removes it.</summary>
    public ValueTask WriteAsync(string storage, string name, string? value) =>
        module.CallAsync("write", storage, name, value);
}
