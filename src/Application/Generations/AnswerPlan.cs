using Microsoft.Extensions.AI;
using QrAi.Application.Completions;
using QrAi.Application.Models;

namespace QrAi.Application.Generations;

/// <summary>Whom an answer is asked for, and how.</summary>
/// <param name="Client">Whom to ask.</param>
/// <param name="Prompt">What it is sent, given the turns before the question, oldest first.</param>
/// <param name="Options">How it is to answer, or null to leave that to the provider.</param>
internal sealed record AnswerPlan(
    IChatClient Client,
    Func<IEnumerable<PastTurn>, IReadOnlyList<ChatMessage>> Prompt,
    ChatOptions? Options
)
{
    /// <summary>Plans an answer.</summary>
    /// <param name="request">How it is asked for.</param>
    /// <param name="question">The question.</param>
    /// <param name="systemPrompt">What the model is told first, unless the caller has the conversation.</param>
    /// <param name="providers">The providers that are configured here.</param>
    /// <exception cref="Errors.ProviderNotConfiguredException">The provider, or any at all, is not configured.</exception>
    /// <exception cref="Errors.ModelNotFoundException">No configured provider is meant by the model's name.</exception>
    public static AnswerPlan For(AnswerRequest request, string question, string systemPrompt, IModelProviders providers)
    {
        if (request.Messages is not { } messages)
            return new AnswerPlan(
                providers.ClientFor(request.Provider),
                past => Generations.Prompt.For(systemPrompt, past, question),
                request.Model is { } named ? new ChatOptions { ModelId = named } : null
            );

        var (provider, model) = ModelNames.Resolve(providers.Models, request.Model!);
        return new AnswerPlan(
            providers.ClientStartingWith(provider),
            past => ChatPrompt.For(messages, past),
            ChatPrompt.OptionsFor(model, request.Options ?? new CompletionOptions())
        );
    }
}
