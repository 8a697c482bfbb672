using System.Globalization;
using System.Text;
using System.Text.Json;

namespace QrAi.Durability;

/// <summary>An answer as a follower has received it, with the first violation of the event contract.</summary>
internal sealed class Followed
{
    private readonly StringBuilder text = new();
    private readonly List<(int Length, long At)> received = [];
    private readonly List<long> restarts = [];

    public string? SessionId { get; private set; }

    public string? AnswerId { get; set; }

    public string? LastId { get; private set; }

    /// <summary>The current run; 0 before the first event.</summary>
    public int Run { get; private set; }

    /// <summary>The deltas since the run began, joined.</summary>
    public string Text => text.ToString();

    /// <summary>The length of the text after each delta of the run, and the time of its receipt.</summary>
    public IReadOnlyList<(int Length, long At)> Received => received;

    /// <summary>The time of receipt of each <c>restarted</c>.</summary>
    public IReadOnlyList<long> Restarts => restarts;

    /// <summary>The answer of the last event.</summary>
    public Message? End { get; private set; }

    public bool IsEnded => End is not null;

    /// <summary>The first violation.</summary>
    public string? Fault { get; set; }

    public void Take(string id, string name, JsonElement data, long at)
    {
        var (run, offset, isEnd) = Parse(id);
        switch (name)
        {
            case "started":
                SessionId = data.GetProperty("sessionId").GetString();
                AnswerId = data.GetProperty("answerId").GetString();
                Expect(Run == 0 && run > 0 && offset is null && !isEnd, id, name);
                Run = run;
                break;
            case "restarted":
                Expect(run > Run && offset is null && !isEnd, id, name);
                Run = run;
                text.Clear();
                received.Clear();
                restarts.Add(at);
                break;
            case "delta":
                text.Append(data.GetProperty("text").GetString());
                received.Add((text.Length, at));
                Expect(run == Run && offset == text.Length && !isEnd, id, name);
                break;
            case "completed" or "failed":
                End = Api.MessageOf(data.GetProperty("answer"));
                Expect(run == Run && offset == text.Length && isEnd, id, name);
                if (name == "completed" && End.Content != Text)
                    Fault ??= $"answer {AnswerId}: its deltas are not its content";
                break;
            case "sources":
                Expect(run == Run && offset == 0 && !isEnd, id, name);
                break;
            default:
                Fault ??= $"answer {AnswerId}: event {name} {id} is unknown";
                break;
        }
        LastId = id;
    }

    private void Expect(bool isMet, string id, string name)
    {
        if (!isMet)
            Fault ??=
                $"answer {AnswerId}: event {name} with id '{id}' after '{LastId ?? "nothing"}', "
                + $"run {Run} with {text.Length} code units";
    }

    /// <summary>Parses RUN, RUN.OFFSET or RUN.OFFSET.end; the run is -1 if the id has another form.</summary>
    private static (int Run, int? Offset, bool IsEnd) Parse(string id)
    {
        var parts = id.Split('.');
        var numbers = parts.Length == 3 && parts[2] == "end" ? parts[..2] : parts;
        var isWhole = int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out var run);
        if (numbers.Length == 1)
            return (isWhole ? run : -1, null, false);
        isWhole &= int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset);
        return (isWhole && numbers.Length == 2 ? run : -1, offset, parts.Length == 3);
    }
}
