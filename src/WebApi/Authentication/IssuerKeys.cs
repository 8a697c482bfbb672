using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect.Configuration;

namespace QrAi.WebApi.Authentication;

/// <summary>
/// The public keys of an issuer of tokens, found by its discovery document. One loop reads them: at the start, on a
/// schedule, and when a token comes that none of them verifies. The framework's <c>ConfigurationManager</c> lets callers
/// read one after the other until it has keys, and keeps the last ones for any time.
/// </summary>
/// <param name="authority">The issuer.</param>
/// <param name="documents">Reads the issuer's documents.</param>
/// <param name="clock">The time.</param>
/// <param name="logger">Is told when the keys cannot be read.</param>
internal sealed partial class IssuerKeys(
    Uri authority,
    IDocumentRetriever documents,
    TimeProvider clock,
    ILogger<IssuerKeys> logger
) : BackgroundService
{
    /// <summary>How long a reading may take, and a caller waits for one.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>How long keys are used before they are read again: so long a key counts that was withdrawn.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(5);

    /// <summary>The same after a reading that failed.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(30);

    /// <summary>The pause after each reading, however many tokens ask for one.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long keys are used that cannot be read again.</summary>
    public static readonly TimeSpan LongestUse = TimeSpan.FromHours(1);

    private static readonly OpenIdConnectConfigurationValidator _validator = new();

    private readonly Lock _gate = new();
    private TaskCompletionSource _wanted = NewSource();
    private TaskCompletionSource<OpenIdConnectConfiguration?> _next = NewReading();
    private TaskCompletionSource<OpenIdConnectConfiguration?>? _current;
    private volatile Known? _known;

    /// <summary>The names that a token may have its issuer by.</summary>
    public IReadOnlyList<string> IssuerNames =>
        _known is { } known
            ? [known.Configuration.Issuer]
            : [authority.AbsoluteUri, authority.AbsoluteUri.TrimEnd('/'), authority.OriginalString];

    /// <summary>The keys, without a wait where they are known.</summary>
    /// <exception cref="IssuerUnavailableException">They are not known, and could not be read in time.</exception>
    public async Task<OpenIdConnectConfiguration> GetAsync() =>
        _known is { } known && clock.GetElapsedTime(known.ReadAt) < LongestUse
            ? known.Configuration
            : await WaitAsync(Ask(orCurrent: true));

    /// <summary>The keys of a reading that begins from now on. All who wait for it share it.</summary>
    /// <exception cref="IssuerUnavailableException">They could not be read in time.</exception>
    public Task<OpenIdConnectConfiguration> ReadAgainAsync() => WaitAsync(Ask(orCurrent: false));

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var reading = Begin();
            var read = await TryReadAsync(stoppingToken);
            End(reading, read);
            await Task.Delay(MinInterval, clock, stoppingToken);
            await WaitForNextAsync(read is null ? RetryInterval : RefreshInterval, stoppingToken);
        }
    }

    private Task<OpenIdConnectConfiguration?> Ask(bool orCurrent)
    {
        lock (_gate)
        {
            if (orCurrent && _current is { } current)
                return current.Task;
            _wanted.TrySetResult();
            return _next.Task;
        }
    }

    private async Task<OpenIdConnectConfiguration> WaitAsync(Task<OpenIdConnectConfiguration?> reading)
    {
        try
        {
            return await reading.WaitAsync(LongestWait, clock) ?? throw new IssuerUnavailableException();
        }
        catch (TimeoutException)
        {
            throw new IssuerUnavailableException();
        }
    }

    private TaskCompletionSource<OpenIdConnectConfiguration?> Begin()
    {
        lock (_gate)
        {
            (_current, _next, _wanted) = (_next, NewReading(), NewSource());
            return _current;
        }
    }

    private void End(TaskCompletionSource<OpenIdConnectConfiguration?> reading, OpenIdConnectConfiguration? read)
    {
        lock (_gate)
            _current = null;
        reading.SetResult(read);
    }

    private async Task<OpenIdConnectConfiguration?> TryReadAsync(CancellationToken stoppingToken)
    {
        var start = clock.GetTimestamp();
        using var limit = new CancellationTokenSource(LongestWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        try
        {
            // The retriever sends its requests without the token.
            var read = await OpenIdConnectConfigurationRetriever
                .GetAsync(
                    authority.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration",
                    documents,
                    either.Token
                )
                .WaitAsync(either.Token);
            if (_validator.Validate(read) is { Succeeded: false, ErrorMessage: var error })
                throw new InvalidOperationException(error);
            _known = new Known(read, start);
            return read;
        }
        // Whatever its documents are, the service goes on with the keys that it has.
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailure(
                authority,
                limit.IsCancellationRequested
                    ? $"no answer within {LongestWait.TotalSeconds:0} s"
                    : exception.InnerException?.Message ?? exception.Message
            );
            return null;
        }
    }

    private async Task WaitForNextAsync(TimeSpan schedule, CancellationToken stoppingToken)
    {
        Task wanted;
        lock (_gate)
            wanted = _wanted.Task;
        await wanted.WaitAsync(schedule, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stoppingToken.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource<OpenIdConnectConfiguration?> NewReading() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(LogLevel.Warning, "The keys of the issuer {Authority} could not be read: {Reason}")]
    private partial void LogFailure(Uri authority, string reason);

    private sealed record Known(OpenIdConnectConfiguration Configuration, long ReadAt);
}
