using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Fixtures.Models;

/// <summary>
/// Models within the process, in the application's own terms, for tests that do not care how a provider is spoken to. Each
/// attempt takes one reply. One that fails sends the question to the next provider, and with the last of them the answer
/// fails: what is tried again, and for how long, is the real providers' business.
/// </summary>
public sealed class ScriptedModels(TimeProvider? clock = null) : ReplyScript(clock), IModelProviders
{
    /// <summary>Every provider's own model.</summary>
    public const string Model = "test/model";

    private static readonly Dictionary<string, string> _noHeaders = [];

    /// <summary>The names of the providers that are configured, in the order of failover.</summary>
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
        // What the protocol's request would be: whoever looks at requests need not know how they came.
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
                // Models are named differently everywhere: the caller's choice is the first provider's.
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
                yield return Update(new AttemptEnded(new Attempt(provider, completion.Outcome, elapsed)));
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
