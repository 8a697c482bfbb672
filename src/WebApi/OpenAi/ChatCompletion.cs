using System.Text;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.WebApi.OpenAi;

/// <summary>Collects a completion until it is complete.</summary>
internal sealed class ChatCompletion : IGenerationWriter
{
    private readonly StringBuilder _text = new();
    private readonly SortedDictionary<int, CollectedToolCall> _calls = [];
    private readonly CompletionIdentity _identity;
    private string _model;
    private string _reason = "";
    private IReadOnlyList<SourcePassage> _sources = [];
    private TokenUsage? _usage;

    private ChatCompletion(Generation generation, string model) =>
        (_identity, _model) = (CompletionIdentity.Of(generation.Identity), model);

    /// <summary>Waits for a completion and reads it.</summary>
    /// <param name="following">Finds the completion and follows it.</param>
    /// <param name="model">The model that was requested.</param>
    /// <param name="documents">The address of the documents, which citations link to.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="GenerationFailedException">No provider gave a complete answer.</exception>
    public static async Task<ChatCompletionResponse> ReadAsync(
        Task<Follower> following,
        string model,
        string documents,
        CancellationToken cancellationToken
    )
    {
        using var follower = await following;
        await follower.WaitForEndAsync(cancellationToken);
        var completion = new ChatCompletion(follower.Generation, model);
        while (!follower.IsOver)
            follower.Write(completion);
        return completion.ToResponse(documents);
    }

    /// <summary>The failure of a completion.</summary>
    public static GenerationFailedException FailureOf(Generation generation) => FailureOf(generation.Error!);

    /// <summary>A failure with this error.</summary>
    public static GenerationFailedException FailureOf(AnswerError error) => new(error.Code, error.Message);

    void IGenerationWriter.Started(GenerationStart start) => _model = CompletionIdentity.ModelOf(start);

    void IGenerationWriter.Restarted(GenerationStart start, RestartReason reason)
    {
        // The content of the previous run is void.
        _model = CompletionIdentity.ModelOf(start);
        _text.Clear();
        _calls.Clear();
        _sources = [];
    }

    void IGenerationWriter.Sources(IReadOnlyList<SourcePassage> sources, Position position) => _sources = sources;

    void IGenerationWriter.Text(ReadOnlySpan<char> text, Position position) => _text.Append(text);

    void IGenerationWriter.ToolCall(int index, ToolCallIdentity? begun, ReadOnlySpan<char> arguments)
    {
        if (!_calls.TryGetValue(index, out var call))
            _calls.Add(index, call = new CollectedToolCall());
        call.Add(begun, arguments);
    }

    void IGenerationWriter.Ended(GenerationEnd outcome, Position position)
    {
        if (outcome.Error is { } error)
            throw FailureOf(error);
        (_reason, _usage) = (outcome.FinishReason ?? ChatCompletionWriter.DefaultReason, outcome.Usage);
    }

    private ChatCompletionResponse ToResponse(string documents)
    {
        var calls = _calls.Count == 0 ? null : _calls.Values.Select(call => call.ToToolCall()).ToList();
        var content = _text.Length == 0 && calls is not null ? null : _text.ToString();
        return new ChatCompletionResponse(
            _identity.Id,
            "chat.completion",
            _identity.Created,
            _model,
            _identity.SessionId is { } session ? new StoredCompletion(session) : null,
            [
                new ChatCompletionChoice(
                    0,
                    new ChatCompletionAnswer(
                        "assistant",
                        content,
                        Refusal: null,
                        calls,
                        UrlCitation.AnnotationsOf(_text.ToString(), _sources, documents)
                    ),
                    Logprobs: null,
                    _reason
                ),
            ],
            ChatCompletionUsage.Of(_usage)
        );
    }

    private sealed class CollectedToolCall
    {
        private readonly StringBuilder _arguments = new();
        private ToolCallIdentity _identity = ToolCallIdentity.None;

        public void Add(ToolCallIdentity? begun, ReadOnlySpan<char> arguments)
        {
            if (begun is not null)
                _identity = _identity.With(begun.Id, begun.Name, begun.AdditionalMembers);
            _arguments.Append(arguments);
        }

        public ChatToolCall ToToolCall() =>
            new(_identity.Id ?? "", "function", new ChatFunctionCall(_identity.Name ?? "", _arguments.ToString()))
            {
                AdditionalMembers = _identity.AdditionalMembers is { } more ? new(more) : null,
            };
    }
}
