using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.JSInterop;

namespace QrAi.Tests.Unit.Support.WebApp;

/// <summary>The module <c>qrai.js</c> in memory: it keeps what is written to storage, and records the other calls.</summary>
public sealed class BrowserModule : IJSRuntime, IJSObjectReference
{
    private readonly ConcurrentQueue<(string Function, IReadOnlyList<object?> Arguments)> _calls = new();

    /// <summary>What is stored, by storage and name, such as <c>localStorage qrai.key</c>.</summary>
    public ConcurrentDictionary<string, string> Stored { get; } = new();

    /// <summary>What stands in the box of the question.</summary>
    public string Box { get; set; } = "";

    /// <summary>How people sign in, as JSON; null if they do not.</summary>
    public string? SignInSettings { get; set; }

    /// <summary>Whether the person agrees to what is asked.</summary>
    public bool Agrees { get; set; }

    /// <summary>Returns the arguments of all calls of a function, without the element that it is called for.</summary>
    public IReadOnlyList<string> Calls(string function) =>
        [
            .. _calls
                .Where(call => call.Function == function)
                .Select(call =>
                    string.Join(
                        ' ',
                        call.Arguments.Where(argument => argument is string or bool).Select(argument => $"{argument}")
                    )
                ),
        ];

    /// <inheritdoc/>
    public ValueTask<TValue> InvokeAsync<[DynamicallyAccessedMembers(Members)] TValue>(
        string identifier,
        object?[]? args
    ) => ValueTask.FromResult((TValue)Call(identifier, args ?? [])!);

    /// <inheritdoc/>
    public ValueTask<TValue> InvokeAsync<[DynamicallyAccessedMembers(Members)] TValue>(
        string identifier,
        CancellationToken cancellationToken,
        object?[]? args
    ) => InvokeAsync<TValue>(identifier, args);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private const DynamicallyAccessedMemberTypes Members =
        DynamicallyAccessedMemberTypes.PublicConstructors
        | DynamicallyAccessedMemberTypes.PublicFields
        | DynamicallyAccessedMemberTypes.PublicProperties;

    private object? Call(string function, object?[] arguments)
    {
        switch (function)
        {
            case "import":
                return arguments is ["./qrai.js"] ? this : throw new JSException($"No module {arguments[0]}.");
            case "read":
                return Stored.GetValueOrDefault($"{arguments[0]} {arguments[1]}");
            case "write" when arguments[2] is string value:
                Stored[$"{arguments[0]} {arguments[1]}"] = value;
                return null;
            case "write":
                Stored.TryRemove($"{arguments[0]} {arguments[1]}", out _);
                return null;
            case "signInSettings":
                return SignInSettings;
            case "textOf":
                return Box;
            case "setText":
                Box = (string)arguments[1]!;
                break;
        }

        _calls.Enqueue((function, arguments));
        return function == "confirm" ? Agrees : null;
    }
}
