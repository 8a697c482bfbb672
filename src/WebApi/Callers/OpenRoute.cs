namespace QrAi.WebApi.Callers;

/// <summary>
/// Says of a route that it is open to everybody. It is a mark of our own: packages put the framework's on routes of theirs.
/// </summary>
internal sealed class OpenRoute
{
    private static readonly OpenRoute _mark = new();

    private OpenRoute() { }

    /// <summary>Opens a route, or all of a group.</summary>
    public static void Open(IEndpointConventionBuilder route) => route.WithMetadata(_mark);

    /// <summary>Whether a route is open.</summary>
    public static bool Is(Endpoint? route) => route?.Metadata.GetMetadata<OpenRoute>() is not null;
}
