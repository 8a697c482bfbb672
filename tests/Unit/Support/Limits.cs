namespace QrAi.Tests.Unit.Support;

internal static class Limits
{
    /// <summary>Awaits what has to happen, and fails rather than hangs when it does not.</summary>
    public static Task Soon(this Task task) => task.WaitAsync(Eventually.DefaultLimit);

    /// <inheritdoc cref="Soon(Task)" />
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Eventually.DefaultLimit);
}
