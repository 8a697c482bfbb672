using System.Text.Json;
using System.Text.Json.Serialization;
using QrAi.Application.Generations;
using QrAi.Application.Questions;
using QrAi.WebApi.OpenAi;
using static QrAi.WebApi.OpenAi.OpenAiEndpoints;

namespace QrAi.WebApi.OpenApi;

/// <summary>Examples of OpenAI's protocol.</summary>
internal static class OpenAiExamples
{
    private const string ModelName = $"{Examples.Provider}/{Examples.Model}";

    private static readonly GenerationIdentity _completion = new(
        new Guid("019aba3e-8515-75e0-973d-7812c4787825"),
        Owner: "",
        Examples.Answer.CreatedAt
    );

    private static readonly CompletionIdentity _identity = CompletionIdentity.Of(_completion);
    private static readonly Model _model = new(ModelName, "model", 0, Examples.Provider);

    private static readonly JsonSerializerOptions _sparse = new(OpenAiJson.Options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The chunks of a completion.</summary>
    public static EventStream Stream { get; } =
        new(
            "Chunks, each a `data` line, and last `[DONE]`. An error after the first chunk is a `data` line with the shape of "
                + "an error response, and no `[DONE]` follows.",
            new Dictionary<string, Type>(),
            _ => WriteStream()
        );

    /// <summary>The examples of requests, by type.</summary>
    public static IReadOnlyDictionary<Type, Example[]> Requests { get; } =
        new Dictionary<Type, Example[]>
        {
            [typeof(ChatCompletionRequest)] =
            [
                new(
                    "complete",
                    new ChatCompletionRequest { Model = Examples.Provider, Messages = [User(Examples.Question)] },
                    _sparse
                ),
                new(
                    "streamed",
                    new ChatCompletionRequest
                    {
                        Model = ModelName,
                        Messages =
                        [
                            new ChatCompletionMessage { Role = "system", Content = ["Be brief."] },
                            User(Examples.Question),
                        ],
                        Stream = true,
                        StreamOptions = new ChatCompletionStreamOptions(IncludeUsage: true),
                    },
                    _sparse
                ),
                new(
                    "stored",
                    new ChatCompletionRequest
                    {
                        Model = Examples.Provider,
                        Messages = [User("And of France?")],
                        Store = true,
                        Metadata = new ChatCompletionMetadata($"{Examples.SessionId}"),
                    },
                    _sparse
                ),
                new(
                    "ofDocuments",
                    new ChatCompletionRequest
                    {
                        Model = Examples.Provider,
                        Messages = [User("休暇はいつまでに申請しますか")],
                        Metadata = new ChatCompletionMetadata(Sources: QuestionSources.Documents),
                    },
                    _sparse
                ),
            ],
        };

    /// <summary>The examples of responses, by type.</summary>
    public static IReadOnlyDictionary<Type, Example[]> Responses { get; } =
        new Dictionary<Type, Example[]>
        {
            [typeof(ChatCompletionResponse)] =
            [
                new(
                    "ofDocuments",
                    new ChatCompletionResponse(
                        _identity.Id,
                        "chat.completion",
                        _identity.Created,
                        ModelName,
                        Metadata: null,
                        [
                            new ChatCompletionChoice(
                                0,
                                new ChatCompletionAnswer(
                                    "assistant",
                                    Examples.CitingAnswer.Content,
                                    null,
                                    ToolCalls: null,
                                    UrlCitation.AnnotationsOf(
                                        Examples.CitingAnswer.Content,
                                        Examples.CitingAnswer.Sources!,
                                        "https://qrai.example/api/documents"
                                    )
                                ),
                                Logprobs: null,
                                ChatCompletionWriter.DefaultReason
                            ),
                        ],
                        ChatCompletionUsage.Of(Examples.Answer.Usage)
                    ),
                    OpenAiJson.Options
                ),
                new(
                    "complete",
                    new ChatCompletionResponse(
                        _identity.Id,
                        "chat.completion",
                        _identity.Created,
                        ModelName,
                        Metadata: null,
                        [
                            new ChatCompletionChoice(
                                0,
                                new ChatCompletionAnswer("assistant", Examples.Answer.Content, null, ToolCalls: null),
                                Logprobs: null,
                                ChatCompletionWriter.DefaultReason
                            ),
                        ],
                        ChatCompletionUsage.Of(Examples.Answer.Usage)
                    ),
                    OpenAiJson.Options
                ),
            ],
            [typeof(ModelList)] = [new("models", new ModelList("list", [_model]), OpenAiJson.Options)],
            [typeof(Model)] = [new("model", _model, OpenAiJson.Options)],
        };

    private static ChatCompletionMessage User(string content) => new() { Role = "user", Content = [content] };

    private static string WriteStream()
    {
        var answer = Examples.Answer;
        return StreamExample.Write(output =>
        {
            using var writer = new ChatCompletionWriter(
                new Generation(_completion),
                output,
                ModelName,
                withUsage: true,
                documents: "",
                Errors.ErrorMap.Describe
            );
            writer.Started(new GenerationStart(1, Examples.Provider, Examples.Model));
            writer.Text(answer.Content, new Position(1, answer.Content.Length));
            writer.Ended(GenerationEnd.Of(answer), new Position(1, answer.Content.Length, IsEnd: true));
        });
    }
}
