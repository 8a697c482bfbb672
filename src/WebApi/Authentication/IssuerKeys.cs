using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect.Configuration;

namespace QrAi.WebApi.Authentication;

/// <summary>
/// The public keys of an issuer of tokens, found by its discovery document. One loop reads them: at the start, on a
/// schedule, and when no known key verifies a token. The framework's <c>ConfigurationManager</c> makes callers read one
/// after the other until it has keys, and uses the last keys without a time limit.
/// </summary>
/// <param name="authority">The issuer.</param>
/// <param name="documents">Reads the issuer's documents.</param>
/// <param name="clock">The time.</param>
/// <param name="logger">Logs failed reads.</param>
internal sealed partial class IssuerKeys(
    Uri authority,
    IDocumentRetriever documents,
    TimeProvider clock,
    ILogger<IssuerKeys> logger
) : BackgroundService
{
    /// <summary>The maximum duration of a read, and of a caller's wait for one.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    /// <summary>The interval of reads. A withdrawn key stays accepted for up to this time.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(5);

    /// <summary>The interval after a failed read.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(30);

    /// <summary>The minimum interval of reads, even if unknown keys request more.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long keys are used while reads fail.</summary>
    public static readonly TimeSpan MaxKeyAge = TimeSpan.FromHours(1);

    private static readonly OpenIdConnectConfigurationValidator _validator = new();

    private readonly Lock _gate = new();
    private TaskCompletionSource _wanted = NewSource();
    private TaskCompletionSource<OpenIdConnectConfiguration?> _next = NewReadSource();
    private TaskCompletionSource<OpenIdConnectConfiguration?>? _current;
    private volatile Known? _known;

    /// <summary>The accepted values of a token's issuer claim.</summary>
    public IReadOnlyList<string> IssuerNames =>
        _known is { } known
            ? [known.Configuration.Issuer]
            : [authority.AbsoluteUri, authority.AbsoluteUri.TrimEnd('/'), authority.OriginalString];

    /// <summary>Returns the keys, without a wait if they are known.</summary>
    /// <exception cref="IssuerUnavailableException">They are not known, and could not be read in time.</exception>
    public async Task<OpenIdConnectConfiguration> GetAsync() =>
        _known is { } known && clock.GetElapsedTime(known.ReadAt) < MaxKeyAge
            ? known.Configuration
            : await WaitAsync(Ask(acceptCurrent: true));

    /// <summary>Returns the keys of a read that begins after this call. Concurrent callers share the read.</summary>
    /// <exception cref="IssuerUnavailableException">They could not be read in time.</exception>
    public Task<OpenIdConnectConfiguration> RefreshAsync() => WaitAsync(Ask(acceptCurrent: false));

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

    private Task<OpenIdConnectConfiguration?> Ask(bool acceptCurrent)
    {
        lock (_gate)
        {
            if (acceptCurrent && _current is { } current)
                return current.Task;
            _wanted.TrySetResult();
            return _next.Task;
        }
    }

    private async Task<OpenIdConnectConfiguration> WaitAsync(Task<OpenIdConnectConfiguration?> reading)
    {
        try
        {
            return await reading.WaitAsync(MaxWait, clock) ?? throw new IssuerUnavailableException();
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
            (_current, _next, _wanted) = (_next, NewReadSource(), NewSource());
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
        using var limit = new CancellationTokenSource(MaxWait, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        try
        {
            // The retriever sends its requests without the token.
            var read = await OpenIdConnectConfigurationRetriever
                .GetAsync(
                    authority.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration",
                    documents,
                    linked.Token
                )
                .WaitAsync(linked.Token);
            if (_validator.Validate(read) is { Succeeded: false, ErrorMessage: var error })
                throw new InvalidOperationException(error);
            _known = new Known(read, start);
            return read;
        }
        // Whatever the failure, the service continues with the known keys.
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailure(
                authority,
                limit.IsCancellationRequested
                    ? $"no answer within {MaxWait.TotalSeconds:0} s"
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

    private static TaskCompletionSource<OpenIdConnectConfiguration?> NewReadSource() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(LogLevel.Warning, "The keys of the issuer {Authority} could not be read: {Reason}")]
    private partial void LogFailure(Uri authority, string reason);

    private sealed record Known(OpenIdConnectConfiguration Configuration, long ReadAt);
}
