namespace QrAi.Application.Work;

/// <summary>Starts background loops, whose logs and traces do not belong to the request that starts them.</summary>
internal static class Background
{
    /// <summary>Starts a loop, which continues in the background from its first wait.</summary>
    /// <param name="loop">The loop.</param>
    public static Task Start(Func<Task> loop)
    {
        using (ExecutionContext.SuppressFlow())
            return loop();
    }
}
