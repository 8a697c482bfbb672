using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using QrAi.Application.Documents;
using QrAi.Application.Paging;
using QrAi.Application.Search;
using QrAi.Domain.Documents;
using QrAi.Domain.Sessions;

namespace QrAi.WebApi.OpenApi;

/// <summary>Examples of documents and passages.</summary>
internal static class DocumentExamples
{
    private static readonly DateTimeOffset _added = new(2026, 11, 23, 3, 0, 0, TimeSpan.Zero);

    private static readonly DocumentDto _ready = new(
        new Guid("019aba3e-7f5d-7f0a-9a3c-52d1d0f0a6b1"),
        "shugyo-kisoku.pdf",
        "就業規則",
        "application/pdf",
        182_044,
        "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
        DocumentStatus.Ready,
        Pages: 12,
        Passages: 41,
        Shared: false,
        Error: null,
        _added,
        _added.AddSeconds(2)
    );

    private static readonly DocumentDto _queued = _ready with
    {
        Title = "shugyo-kisoku",
        Status = DocumentStatus.Queued,
        Pages = null,
        Passages = null,
        UpdatedAt = _added,
    };

    private static readonly PassageDto _passage = new(
        _ready.Id,
        _ready.Title,
        7,
        "第2章 › 休暇",
        Page: 3,
        "休暇の申請は、三日前までに上長へ提出する。"
    );

    /// <summary>The passage as an answer is given it.</summary>
    public static readonly SourcePassage Source = new(
        _passage.DocumentId,
        _passage.Title,
        _passage.Number,
        _passage.Heading,
        _passage.Page,
        _passage.Text
    );

    private static readonly JsonSerializerOptions _sparse = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The examples of request bodies, by their type.</summary>
    public static IReadOnlyDictionary<Type, Example[]> Requests { get; } =
        new Dictionary<Type, Example[]>
        {
            [typeof(SearchPassages)] =
            [
                new("all", new SearchPassages("休暇はいつまでに申請しますか"), _sparse),
                new("some", new SearchPassages("overtime", 3, [_ready.Id]), _sparse),
            ],
        };

    /// <summary>The examples of response bodies, by their type.</summary>
    public static IReadOnlyDictionary<Type, Example[]> Responses { get; } =
        new Dictionary<Type, Example[]>
        {
            [typeof(DocumentDto)] =
            [
                new("ready", _ready),
                new("queued", _queued),
                new("failed", _queued with { Status = DocumentStatus.Failed, Error = DocumentError.NoText }),
            ],
            [typeof(Page<DocumentDto>)] =
            [
                new("firstPage", new Page<DocumentDto>([_ready], "CN9Kry1gtyQHEaIBk4R3cZm7bLQAVnJ9yqgjjJxGpnA")),
            ],
            [typeof(Page<PassageDto>)] = [new("lastPage", new Page<PassageDto>([_passage], NextCursor: null))],
            [typeof(FoundPassages)] = [new("found", new FoundPassages([_passage with { Score = 12.5f }]))],
        };
}
