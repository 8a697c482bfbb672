namespace QrAi.WebApp.Browser;

/// <summary>Short messages at the edge of the page.</summary>
/// <param name="clock">Ends them.</param>
public sealed class Notices(TimeProvider clock)
{
    /// <summary>How long a notice is shown, and how long something can be undone.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(6);

    private readonly List<Notice> _shown = [];

    /// <summary>Raised when there are other notices.</summary>
    public event Action? Changed;

    /// <summary>The notices, oldest first.</summary>
    public IReadOnlyList<Notice> Shown => _shown;

    /// <summary>Shows a notice.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isError">Whether something failed.</param>
    public void Show(string text, bool isError = false) => _ = ShowAsync(new Notice(text, isError, CanBeUndone: false));

    /// <summary>Shows a notice that can be undone.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Whether it was undone, after its duration.</returns>
    public Task<bool> ShowUndoableAsync(string text) => ShowAsync(new Notice(text, IsError: false, CanBeUndone: true));

    /// <summary>Removes a notice.</summary>
    public void Remove(Notice notice)
    {
        if (_shown.Remove(notice))
            Changed?.Invoke();
    }

    private async Task<bool> ShowAsync(Notice notice)
    {
        _shown.Add(notice);
        Changed?.Invoke();
        await Task.WhenAny(notice.Undone, Task.Delay(Duration, clock));
        Remove(notice);
        return notice.Undone.IsCompleted;
    }
}

/// <summary>A short message.</summary>
public sealed record Notice(string Text, bool IsError, bool CanBeUndone)
{
    private readonly TaskCompletionSource _undone = new();

    internal Task Undone => _undone.Task;

    /// <summary>Undoes what it is about.</summary>
    public void Undo() => _undone.TrySetResult();
}

/// <summary>Tells the list of sessions that one was created, renamed or used.</summary>
public sealed class SessionChanges
{
    /// <summary>Raised when a session has changed.</summary>
    public event Action? Changed;

    /// <summary>Says that a session has changed.</summary>
    public void Raise() => Changed?.Invoke();
}
