namespace QrAi.Application.Work;

/// <summary>Starts loops that serve all requests: their logs and traces are no part of the one that started them.</summary>
internal static class Background
{
    /// <summary>Starts a loop, which goes on by itself from its first wait on.</summary>
    /// <param name="loop">The loop.</param>
    public static Task Start(Func<Task> loop)
    {
        using (ExecutionContext.SuppressFlow())
            return loop();
    }
}
