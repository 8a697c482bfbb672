using Microsoft.Extensions.AI;
using QrAi.Application.Completions;
using QrAi.Application.Models;

namespace QrAi.Application.Generations;

/// <summary>The plan of an answer: the client of the providers, the prompt and the options.</summary>
/// <param name="Request">The parameters of the answer.</param>
/// <param name="First">The provider that is called first, and the model that it is asked for.</param>
/// <param name="Client">The client of the providers.</param>
/// <param name="Prompt">Creates the prompt from the earlier turns, oldest first.</param>
/// <param name="Options">The options; null for the defaults of the provider.</param>
internal sealed record AnswerPlan(
    AnswerRequest Request,
    ConfiguredModel First,
    IChatClient Client,
    Func<IEnumerable<PastTurn>, IReadOnlyList<ChatMessage>> Prompt,
    ChatOptions? Options
)
{
    /// <summary>Plans an answer.</summary>
    /// <param name="request">The parameters of the answer.</param>
    /// <param name="question">The question.</param>
    /// <param name="systemPrompt">The system prompt, unless the caller sent the conversation.</param>
    /// <param name="providers">The configured providers.</param>
    /// <exception cref="Errors.ProviderNotConfiguredException">If the provider is not configured, or none is.</exception>
    /// <exception cref="Errors.ModelNotFoundException">If no configured provider or model has the name.</exception>
    public static AnswerPlan For(AnswerRequest request, string question, string systemPrompt, IModelProviders providers)
    {
        if (request.Messages is not { } messages)
        {
            var client = providers.ClientFor(request.Provider);
            var first = providers.Models.First(one => request.Provider is null || one.Provider == request.Provider);
            return new AnswerPlan(
                request,
                first with
                {
                    Model = request.Model ?? first.Model,
                },
                client,
                past => Generations.Prompt.For(systemPrompt, past, question),
                request.Model is null && request.MaxTokens is null
                    ? null
                    : new ChatOptions { ModelId = request.Model, MaxOutputTokens = request.MaxTokens }
            );
        }

        var (provider, modelId) = ModelNames.Resolve(providers.Models, request.Model!);
        var named = providers.Models.First(one => one.Provider == provider);
        return new AnswerPlan(
            request,
            named with
            {
                Model = modelId ?? named.Model,
            },
            providers.ClientStartingWith(provider),
            past => ChatPrompt.For(messages, past),
            ChatPrompt.OptionsFor(
                modelId,
                (request.Options ?? new CompletionOptions()).WithMaxTokens(request.MaxTokens)
            )
        );
    }
}
