using System.Text;
using System.Text.Json;

namespace QrAi.Tests.Testing.Streams;

/// <summary>
/// Reads a <c>text/event-stream</c>, each read within <see cref="Limit"/>. A read that times out loses nothing: the
/// next one continues there, so that a test can also assert silence. For one reading task at a time.
/// </summary>
/// <param name="stream">The body; the reader disposes it.</param>
/// <param name="limit">The limit of one read; by default <see cref="Eventually.DefaultLimit"/>.</param>
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

    /// <summary>The time limit of one read.</summary>
    public TimeSpan Limit { get; set; } = limit ?? Eventually.DefaultLimit;

    /// <summary>The comment lines so far (such as heartbeats), without the colon and one leading space.</summary>
    public IReadOnlyList<string> Comments => _comments;

    /// <summary>Whether the stream has ended and all of its events have been read.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>Opens the event stream in the body of a response; the reader disposes the response.</summary>
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

    /// <summary>Reads the next event; null at the end of the stream.</summary>
    /// <exception cref="TimeoutException">Neither arrived within <see cref="Limit"/>.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<ServerSentEvent?> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_ahead.TryDequeue(out var read))
            return read;
        using var clock = Deadline(cancellationToken);
        return await NextEventAsync(clock.Token, cancellationToken);
    }

    /// <summary>Reads the next comment; null at the end. Events before it are queued for the next read.</summary>
    /// <exception cref="TimeoutException">Neither arrived within <see cref="Limit"/>.</exception>
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

    /// <summary>Reads all events up to the end of the stream.</summary>
    /// <exception cref="TimeoutException">The end did not arrive within <see cref="Limit"/> in total.</exception>
    public async Task<IReadOnlyList<ServerSentEvent>> ReadToEndAsync(CancellationToken cancellationToken = default)
    {
        var events = new List<ServerSentEvent>(_ahead);
        _ahead.Clear();
        using var clock = Deadline(cancellationToken);
        while (await NextEventAsync(clock.Token, cancellationToken) is { } next)
            events.Add(next);
        return events;
    }

    /// <summary>Enumerates the events to the end, each within <see cref="Limit"/>.</summary>
    public async IAsyncEnumerator<ServerSentEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (await ReadAsync(cancellationToken) is { } next)
            yield return next;
    }

    /// <summary>Closes the stream, which disconnects from the server.</summary>
    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        _response?.Dispose();
        _lines.Dispose();
        // A pending read ends now: its exception, if any, has to be observed.
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
        // The read itself is never cancelled, only the wait for it.
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

    // By the HTML standard an empty line dispatches an event; an event without it is dropped.
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
                    break; // unknown fields are ignored
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
