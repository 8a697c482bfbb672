using System.Text;
using System.Text.Json;

namespace QrAi.Tests.Testing.Streams;

/// <summary>
/// Reads a <c>text/event-stream</c>, each read within <see cref="Limit"/>. A read that timed out loses nothing: the
/// next one goes on where it was, so that a test may also assert silence. For one reading task at a time.
/// </summary>
/// <param name="stream">The body; the reader disposes it.</param>
/// <param name="limit">The longest that one read may take; <see cref="Eventually.DefaultLimit"/> where it is not given.</param>
public sealed class EventStreamReader(Stream stream, TimeSpan? limit = null)
    : IAsyncEnumerable<ServerSentEvent>,
        IAsyncDisposable
{
    private readonly StreamReader _lines = new(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
    private readonly List<string> _comments = [];
    private readonly Queue<ServerSentEvent> _ahead = [];
    private HttpResponseMessage? _response;
    private Task<Item>? _pending;
    private string _last = "none";

    /// <summary>The longest that one read may take.</summary>
    public TimeSpan Limit { get; set; } = limit ?? Eventually.DefaultLimit;

    /// <summary>The comment lines so far (heartbeats, for instance), without their colon and one leading space.</summary>
    public IReadOnlyList<string> Comments => _comments;

    /// <summary>Whether the stream has ended and all of its events have been read.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>Reads the body of a response, which must be an event stream; the reader disposes the response.</summary>
    public static async Task<EventStreamReader> OpenAsync(
        HttpResponseMessage response,
        TimeSpan? limit = null,
        CancellationToken cancellationToken = default
    )
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        if (type != "text/event-stream")
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            response.Dispose();
            throw new InvalidOperationException(
                $"Not an event stream but {(int)response.StatusCode} {type ?? "without a type"}: {body}"
            );
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        return new EventStreamReader(stream, limit) { _response = response };
    }

    /// <summary>The next event; null at the end of the stream.</summary>
    /// <exception cref="TimeoutException">Neither came within <see cref="Limit"/>, comments or not.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<ServerSentEvent?> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_ahead.TryDequeue(out var read))
            return read;
        using var clock = Deadline(cancellationToken);
        return await NextEventAsync(clock.Token, cancellationToken);
    }

    /// <summary>The next comment; null at the end. Events that come before it are kept for the next read.</summary>
    /// <exception cref="TimeoutException">Neither came within <see cref="Limit"/>.</exception>
    public async Task<string?> ReadCommentAsync(CancellationToken cancellationToken = default)
    {
        using var clock = Deadline(cancellationToken);
        while (true)
        {
            var item = await NextItemAsync("comment", clock.Token, cancellationToken);
            if (item.Event is null)
                return item.Comment;
            _ahead.Enqueue(item.Event);
        }
    }

    /// <summary>All events up to the end of the stream.</summary>
    /// <exception cref="TimeoutException">The end did not come within <see cref="Limit"/>, all events together.</exception>
    public async Task<IReadOnlyList<ServerSentEvent>> ReadToEndAsync(CancellationToken cancellationToken = default)
    {
        var events = new List<ServerSentEvent>(_ahead);
        _ahead.Clear();
        using var clock = Deadline(cancellationToken);
        while (await NextEventAsync(clock.Token, cancellationToken) is { } next)
            events.Add(next);
        return events;
    }

    /// <summary>The events one by one to the end, each within <see cref="Limit"/>.</summary>
    public async IAsyncEnumerator<ServerSentEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await ReadAsync(cancellationToken) is { } next)
            yield return next;
    }

    /// <summary>Closes the stream, which to the server is a client that leaves.</summary>
    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        _response?.Dispose();
        _lines.Dispose();
        // A read may still be under way. It ends now, and nobody asks how: observe its exception, whatever it is.
        _ = _pending?.ContinueWith(static read => _ = read.Exception, TaskScheduler.Default);
    }

    private CancellationTokenSource Deadline(CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(Limit);
        return source;
    }

    private async Task<ServerSentEvent?> NextEventAsync(CancellationToken deadline, CancellationToken caller)
    {
        while (true)
        {
            var item = await NextItemAsync("event", deadline, caller);
            if (item.Comment is null)
                return item.Event;
        }
    }

    private async Task<Item> NextItemAsync(string what, CancellationToken deadline, CancellationToken caller)
    {
        if (AtEnd)
            return default;
        // The read itself is never cancelled, only the waiting for it.
        _pending ??= ParseAsync();
        Item item;
        try
        {
            item = await _pending.WaitAsync(deadline);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            caller.ThrowIfCancellationRequested();
            if (!_pending.IsCompleted)
                throw new TimeoutException(
                    $"No {what} within {Limit.TotalSeconds} s. Last event: {_last}; comments so far: {_comments.Count}"
                );
            item = await _pending;
        }

        _pending = null;
        AtEnd = item is { Event: null, Comment: null };
        if (item.Comment is not null)
            _comments.Add(item.Comment);
        if (item.Event is not null)
            _last = $"{item.Event.Id} {item.Event.Event} {item.Event.Text}";
        return item;
    }

    private string _id = "";
    private string _event = "";
    private StringBuilder? _data;

    // As the HTML standard has it: an event is dispatched by an empty line, and one without its empty line is none.
    private async Task<Item> ParseAsync()
    {
        while (await _lines.ReadLineAsync() is { } line)
        {
            if (line.Length == 0)
            {
                if (Dispatch() is { } complete)
                    return new Item(complete, null);
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? line : line[..colon];
            var value = colon < 0 ? "" : line[(colon + 1)..];
            value = value.StartsWith(' ') ? value[1..] : value;
            switch (name)
            {
                case "":
                    return new Item(null, value);
                case "id":
                    _id = value;
                    break;
                case "event":
                    _event = value;
                    break;
                case "data":
                    _data = _data is null ? new StringBuilder(value) : _data.Append('\n').Append(value);
                    break;
                default:
                    break; // unknown fields are to be ignored
            }
        }

        return default;
    }

    private ServerSentEvent? Dispatch()
    {
        var complete = _data is null
            ? null
            : new ServerSentEvent(_id, _event.Length == 0 ? "message" : _event, Parse(_data.ToString()))
            {
                Text = _data.ToString(),
            };
        (_id, _event, _data) = ("", "", null);
        return complete;
    }

    private static JsonElement Parse(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private readonly record struct Item(ServerSentEvent? Event, string? Comment);
}
