using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Fixtures.Models;

/// <summary>
/// In-process implementations of the application's models, for tests that do not depend on a provider's protocol. Each
/// attempt takes one reply. After a failed attempt the next provider is asked; after the last one the answer fails.
/// Retries are not simulated: the real providers implement them.
/// </summary>
public sealed class ScriptedModels(TimeProvider? clock = null) : ReplyScript(clock), IModelProviders
{
    /// <summary>The default model of every provider.</summary>
    public const string Model = "test/model";

    private static readonly Dictionary<string, string> _noHeaders = [];

    /// <summary>The names of the configured providers, in the order of failover.</summary>
    public IReadOnlyList<string> Providers { get; set; } = [ModelProviderNames.OpenRouter];

    /// <inheritdoc/>
    public IReadOnlyList<ConfiguredModel> Models =>
        [.. Providers.Select(provider => new ConfiguredModel(provider, Model))];

    /// <inheritdoc/>
    public IChatClient ClientStartingWith(string provider) =>
        Providers.Contains(provider)
            ? new Client(this, [provider, .. Providers.Where(other => other != provider)])
            : throw new ProviderNotConfiguredException(provider);

    /// <inheritdoc/>
    public IChatClient ClientFor(string? provider) =>
        provider is null && Providers.Count > 0 ? new Client(this, Providers)
        : provider is not null && Providers.Contains(provider) ? new Client(this, [provider])
        : throw new ProviderNotConfiguredException(provider);

    private ModelCompletion Begin(IEnumerable<ChatMessage> messages, string model, CancellationToken cancellationToken)
    {
        // The same body as in the protocol, so that tests inspect requests of both kinds in the same way.
        var body = JsonSerializer.SerializeToElement(
            new
            {
                model,
                stream = true,
                stream_options = new { include_usage = true },
                messages = messages.Select(message => new { role = message.Role.Value, content = message.Text }),
            }
        );
        var (request, reply) = Receive(null, _noHeaders, body);
        return ModelCompletion.Begin(reply, request, Clock, cancellationToken);
    }

    private sealed class Client(ScriptedModels models, IReadOnlyList<string> providers) : IChatClient
    {
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            [EnumeratorCancellation] CancellationToken cancellationToken = default
        )
        {
            foreach (var provider in providers)
            {
                // Providers name models differently: the caller's choice applies to the first provider.
                var model = (provider == providers[0] ? options?.ModelId : null) ?? Model;
                var start = models.Clock.GetTimestamp();
                using var completion = models.Begin(messages, model, cancellationToken);
                var started = false;
                await foreach (var content in completion.Contents.ReadAllAsync(CancellationToken.None))
                {
                    if (!started)
                        yield return Update(new AttemptStarted(provider, model));
                    started = true;
                    yield return Update(content);
                }

                if (completion.IsWhole && !started)
                    yield return Update(new AttemptStarted(provider, model));
                if (completion is { IsWhole: true, FinishReason: { } reason })
                    yield return new ChatResponseUpdate { FinishReason = new ChatFinishReason(reason) };
                var elapsed = (long)models.Clock.GetElapsedTime(start).TotalMilliseconds;
                yield return Update(
                    new AttemptEnded(
                        new Attempt(provider, completion.Outcome, elapsed),
                        model,
                        started || completion.IsWhole ? AttemptCall.Billable : AttemptCall.Free
                    )
                );
                if (completion.IsWhole)
                    yield break;
                cancellationToken.ThrowIfCancellationRequested();
            }

            throw new GenerationFailedException(AnswerErrorCodes.ProviderFailed, "Every provider failed.");
        }

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default
        ) => GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

        public void Dispose() { }

        private static ChatResponseUpdate Update(AIContent content) => new(ChatRole.Assistant, [content]);
    }
}
