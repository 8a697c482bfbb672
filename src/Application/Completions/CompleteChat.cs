using System.Runtime.CompilerServices;
using System.Text.Json;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.AI;
using QrAi.Application.Answers;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Idempotency;
using QrAi.Application.Models;
using QrAi.Application.Time;
using QrAi.Domain.Sessions;
using QrAi.Domain.Text;

namespace QrAi.Application.Completions;

/// <summary>
/// Goes on with a conversation that the caller keeps: nothing of it is stored here, and who stops listening stops the
/// provider. With an idempotency key it is made apart from the request, and what came of it is kept as long as the key.
/// </summary>
/// <param name="Model">A provider's name, <c>provider/model</c>, or a provider's default model.</param>
/// <param name="Messages">The conversation, oldest first: 1 to 2,048 messages.</param>
/// <param name="Options">How to answer.</param>
/// <exception cref="GenerationFailedException">No provider gave a whole answer.</exception>
public sealed record CompleteChat(string? Model, IReadOnlyList<CompletionMessage> Messages, CompletionOptions Options)
    : IStreamRequest<CompletionPart>,
        IQuestion;

internal sealed class CompleteChatValidator : AbstractValidator<CompleteChat>
{
    private const int MaxNameLength = 200;
    private const int MaxMessages = 2_048;
    private const int MaxStops = 4;

    public CompleteChatValidator()
    {
        RuleFor(request => request.Model).HumanText(MaxNameLength);
        RuleFor(request => request.Messages.Count)
            .InclusiveBetween(1, MaxMessages)
            .WithMessage($"must have 1 to {MaxMessages} messages")
            .OverridePropertyName(nameof(CompleteChat.Messages));
        RuleForEach(request => request.Messages)
            .ChildRules(message =>
            {
                message
                    .RuleFor(one => one.Role)
                    .Must(role => CompletionMessage.Roles.Contains(role))
                    .WithMessage($"must be one of {string.Join(", ", CompletionMessage.Roles)}")
                    .OverridePropertyName("role");
                message
                    .RuleForEach(one => one.Texts)
                    .Must(UnicodeText.IsStorable)
                    .WithMessage("must be well-formed Unicode without NUL")
                    .OverridePropertyName("content");
                message
                    .RuleFor(one => one.Texts)
                    .NotEmpty()
                    .WithMessage("must be there, but for an assistant that calls tools")
                    .When(one => one is not { Role: "assistant", ToolCalls.Count: > 0 })
                    .OverridePropertyName("content");
                message
                    .RuleFor(one => one.ToolCallId)
                    .NotEmpty()
                    .WithMessage("must name the call that the tool's message is the result of")
                    .When(one => one.Role == "tool")
                    .OverridePropertyName("tool_call_id");
            });
        RuleFor(request => request.Options.Temperature)
            .InclusiveBetween(0, 2)
            .WithMessage("must be from 0 to 2")
            .OverridePropertyName("temperature");
        RuleFor(request => request.Options.TopP)
            .InclusiveBetween(0, 1)
            .WithMessage("must be from 0 to 1")
            .OverridePropertyName("top_p");
        RuleFor(request => request.Options.MaxTokens)
            .GreaterThan(0)
            .WithMessage("must be at least 1")
            .OverridePropertyName("max_tokens");
        RuleFor(request => request.Options.MaxCompletionTokens)
            .GreaterThan(0)
            .WithMessage("must be at least 1")
            .OverridePropertyName("max_completion_tokens");
        RuleFor(request => request.Options.FrequencyPenalty)
            .InclusiveBetween(-2, 2)
            .WithMessage("must be from -2 to 2")
            .OverridePropertyName("frequency_penalty");
        RuleFor(request => request.Options.PresencePenalty)
            .InclusiveBetween(-2, 2)
            .WithMessage("must be from -2 to 2")
            .OverridePropertyName("presence_penalty");
        RuleFor(request => request.Options.Stop)
            .Must(stops => stops is null || stops.Count is > 0 and <= MaxStops && stops.All(stop => stop.Length > 0))
            .WithMessage($"must be 1 to {MaxStops} texts")
            .OverridePropertyName("stop");
    }
}

internal sealed class CompleteChatHandler(
    IModelProviders providers,
    RunningAnswers running,
    CompletionsOnce once,
    IdempotentRequest idempotency,
    TimeProvider clock
) : IStreamRequestHandler<CompleteChat, CompletionPart>
{
    public IAsyncEnumerable<CompletionPart> Handle(CompleteChat request, CancellationToken cancellationToken)
    {
        if (idempotency.Earlier is not null)
            return once.FollowAsync(idempotency, stopped => Make(request, stopped), cancellationToken);

        running.ThrowIfStopping();
        ModelNames.Resolve(providers.Models, request.Model!.Trim()); // before anything is kept
        return idempotency.HasKey
            ? once.FollowAsync(idempotency, stopped => Make(request, stopped), cancellationToken)
            : Make(request, cancellationToken);
    }

    private IAsyncEnumerable<CompletionPart> Make(CompleteChat request, CancellationToken cancellationToken)
    {
        var (provider, model) = ModelNames.Resolve(providers.Models, request.Model!.Trim());
        var now = clock.Now();
        return CompleteAsync(
            providers
                .ClientStartingWith(provider)
                .GetStreamingResponseAsync(
                    request.Messages.Select(ToChatMessage),
                    ToChatOptions(model, request.Options),
                    cancellationToken
                ),
            now,
            cancellationToken
        );
    }

    private static async IAsyncEnumerable<CompletionPart> CompleteAsync(
        IAsyncEnumerable<ChatResponseUpdate> updates,
        DateTimeOffset now,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var id = Guid.CreateVersion7(now);
        var reason = ChatFinishReason.Stop;
        TokenUsage? usage = null;
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            reason = update.FinishReason ?? reason;
            foreach (var content in update.Contents)
                switch (content)
                {
                    case TextContent text:
                        yield return new CompletionPart.Text(text.Text);
                        break;
                    case ToolCallPiece call:
                        yield return new CompletionPart.ToolCall(call.Index, call.Id, call.Name, call.Arguments);
                        break;
                    case AttemptStarted started:
                        (reason, usage) = (ChatFinishReason.Stop, null);
                        yield return new CompletionPart.Started(started.Provider, started.Model)
                        {
                            CompletionId = id,
                            BegunAt = now,
                        };
                        break;
                    case UsageContent { Details: var details }:
                        usage = details.ToTokenUsage();
                        break;
                }
        }

        yield return new CompletionPart.Finished(reason.Value, usage);
    }

    private static ChatMessage ToChatMessage(CompletionMessage message)
    {
        if (message.Role == "tool")
            return new ChatMessage(
                ChatRole.Tool,
                [new FunctionResultContent(message.ToolCallId!, string.Concat(message.Texts))]
            );

        var role = message.Role switch
        {
            "assistant" => ChatRole.Assistant,
            "user" => ChatRole.User,
            _ => ChatRole.System,
        };
        return new ChatMessage(
            role,
            [
                .. message.Texts.Select(text => new TextContent(text)),
                .. message.ToolCalls.Select(
                    AIContent (call, index) => new ToolCallPiece(index, call.Id, call.Name, call.Arguments)
                ),
            ]
        )
        {
            AuthorName = message.Name,
        };
    }

    private static ChatOptions ToChatOptions(string? model, CompletionOptions options)
    {
        var passedThrough = new AdditionalPropertiesDictionary();
        foreach (var (name, value) in options.PassedThrough)
            passedThrough[name] = value;
        if (options.MaxCompletionTokens is { } most)
            passedThrough["max_completion_tokens"] = JsonSerializer.SerializeToElement(most);
        return new ChatOptions
        {
            ModelId = model,
            Temperature = (float?)options.Temperature,
            TopP = (float?)options.TopP,
            MaxOutputTokens = options.MaxTokens,
            StopSequences = options.Stop?.ToList(),
            Seed = options.Seed,
            FrequencyPenalty = (float?)options.FrequencyPenalty,
            PresencePenalty = (float?)options.PresencePenalty,
            AdditionalProperties = passedThrough,
        };
    }
}
