using System.Text.Json;

namespace QrAi.Tests.Testing.Providers;

/// <summary>A chat completion request as the provider received it.</summary>
public sealed class ReceivedRequest
{
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ReceivedRequest(
        int number,
        DateTimeOffset at,
        Uri? url,
        IReadOnlyDictionary<string, string> headers,
        JsonElement body
    )
    {
        (Number, ReceivedAt, Url, Headers, Body) = (number, at, url, headers, body);
        Model = Text(body, "model");
        Stream = Flag(body, "stream");
        IncludeUsage = Member(body, "stream_options") is { } options && Flag(options, "include_usage");
        Messages = Member(body, "messages") is { ValueKind: JsonValueKind.Array } messages
            ? [.. messages.EnumerateArray().Select(m => new SentMessage(Text(m, "role") ?? "", Content(m)))]
            : [];
    }

    /// <summary>Its position among all requests to this provider, from 1.</summary>
    public int Number { get; }

    /// <summary>The time of its receipt, for tests of waits between retries.</summary>
    public DateTimeOffset ReceivedAt { get; }

    /// <summary>Its URL; null for an in-process call.</summary>
    public Uri? Url { get; }

    /// <summary>The path of its URL, for instance <c>/v1/chat/completions</c>.</summary>
    public string? Path => Url?.AbsolutePath;

    /// <summary>Its headers; names are case-insensitive, several values are joined by a comma.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Its body; undefined if it was not JSON, which the provider answers with 400.</summary>
    public JsonElement Body { get; }

    /// <summary>The member <c>messages</c>.</summary>
    public IReadOnlyList<SentMessage> Messages { get; }

    /// <summary>The member <c>model</c>.</summary>
    public string? Model { get; }

    /// <summary>The member <c>stream</c>; false if it is missing.</summary>
    public bool Stream { get; }

    /// <summary>The member <c>stream_options.include_usage</c>; false if it is missing.</summary>
    public bool IncludeUsage { get; }

    /// <summary>Completes if the client disconnects before its answer is complete, otherwise never.</summary>
    public Task Aborted => _aborted.Task;

    /// <summary>Completes when the provider has finished it in any way; its connection may be closed.</summary>
    public Task Served => _served.Task;

    internal void MarkAborted() => _aborted.TrySetResult();

    internal void MarkServed() => _served.TrySetResult();

    /// <inheritdoc/>
    public override string ToString() =>
        $"#{Number} {Path} {Model}: {(Messages.Count == 0 ? "" : Messages[^1].Content)}";

    private static string Content(JsonElement message) =>
        Member(message, "content") switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            { ValueKind: JsonValueKind.Array } parts => string.Concat(
                parts.EnumerateArray().Select(part => Text(part, "text"))
            ),
            _ => "",
        };

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static bool Flag(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.True };
}
