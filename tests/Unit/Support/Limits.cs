namespace QrAi.Tests.Unit.Support;

internal static class Limits
{
    /// <summary>Adds the default timeout, so that a test fails instead of hanging.</summary>
    public static Task Soon(this Task task) => task.WaitAsync(Eventually.DefaultLimit);

    /// <inheritdoc cref="Soon(Task)" />
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Eventually.DefaultLimit);
}
