namespace MediatR;

/// <summary>The one value of a type that says nothing: the response of a request without a response.</summary>
public readonly record struct Unit
{
    private static readonly Unit Nothing;

    /// <summary>The only value.</summary>
    public static ref readonly Unit Value => ref Nothing;

    /// <summary>A completed task with the only value.</summary>
    public static Task<Unit> Task { get; } = System.Threading.Tasks.Task.FromResult(Nothing);

    /// <inheritdoc />
    public override string ToString() => "()";
}
