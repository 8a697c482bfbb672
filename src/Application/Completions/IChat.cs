using FluentValidation;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Domain.Text;

namespace QrAi.Application.Completions;

/// <summary>A request that continues a conversation.</summary>
public interface IChat : IQuestion
{
    /// <summary>A provider's name, <c>provider/model</c>, or a provider's default model.</summary>
    string? Model { get; }

    /// <summary>The conversation, oldest first: 1 to 2,048 messages.</summary>
    IReadOnlyList<CompletionMessage> Messages { get; }

    /// <summary>The options of the generation.</summary>
    CompletionOptions Options { get; }
}

internal sealed class ChatValidator : AbstractValidator<IChat>
{
    private const int MaxNameLength = 200;
    private const int MaxMessages = 2_048;
    private const int MaxStops = 4;

    public ChatValidator()
    {
        RuleFor(request => request.Model).HumanText(MaxNameLength);
        RuleFor(request => request.Messages.Count)
            .InclusiveBetween(1, MaxMessages)
            .WithMessage($"must have 1 to {MaxMessages} messages")
            .OverridePropertyName(nameof(IChat.Messages));
        RuleForEach(request => request.Messages)
            .ChildRules(message =>
            {
                message
                    .RuleFor(one => one.Role)
                    .Must(role => CompletionMessage.Roles.Contains(role))
                    .WithMessage($"must be one of {string.Join(", ", CompletionMessage.Roles)}")
                    .OverridePropertyName("role");
                message
                    .RuleForEach(one => one.Parts)
                    .Must(UnicodeText.IsStorable)
                    .WithMessage("must be well-formed Unicode without NUL")
                    .OverridePropertyName("content");
                message
                    .RuleFor(one => one.Parts)
                    .NotEmpty()
                    .WithMessage("is required, except for an assistant that calls tools")
                    .When(one => one is not { Role: "assistant", ToolCalls.Count: > 0 })
                    .OverridePropertyName("content");
                message
                    .RuleFor(one => one.ToolCallId)
                    .NotEmpty()
                    .WithMessage("must be the id of the tool call that the message is the result of")
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
