namespace QrAi.Infrastructure.Llm;

/// <summary>Sends requests to providers, and turns everything but a success into a <see cref="ProviderException"/>.</summary>
internal static class ProviderHttp
{
    private const int MaxErrorBytes = 16 * 1024;
    private static readonly TimeSpan MaxErrorWait = TimeSpan.FromSeconds(2);

    /// <summary>Sends a request.</summary>
    /// <param name="http">Has the base address, and adds the key.</param>
    /// <param name="request">The request, which the caller disposes of after the response.</param>
    /// <param name="clock">Measures waits.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The headers of a successful response, whose body is not read yet.</returns>
    /// <exception cref="ProviderException">If there is no response, or it is an error.</exception>
    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient http,
        HttpRequestMessage request,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new ProviderException(AttemptOutcomes.ConnectionFailed, Reaction.Retry, exception);
        }

        if (response.IsSuccessStatusCode)
            return response;

        using (response)
        {
            var body = await ReadErrorAsync(response.Content, clock, cancellationToken);
            throw ProviderException.FromStatus(
                (int)response.StatusCode,
                RetryAfter(response, clock),
                ProviderError.Parse(body)
            );
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadErrorAsync(
        HttpContent content,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        using var limit = new CancellationTokenSource(MaxErrorWait, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        return await ResponseBody.ReadStartAsync(content, MaxErrorBytes, stop.Token);
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock) =>
        response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } when date - clock.GetUtcNow() is var wait => wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
            _ => null,
        };
}
