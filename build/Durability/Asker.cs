using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace QrAi.Durability;

/// <summary>The response to a question whose answer is awaited.</summary>
/// <param name="Status">The status.</param>
/// <param name="Code">The code of the error; null without one.</param>
/// <param name="RetryAfter">When the question is worth repeating; null if it is not said.</param>
internal sealed record Asked(HttpStatusCode Status, string? Code, TimeSpan? RetryAfter);

/// <summary>Asks questions, and waits for their answers, on another replica if one dies.</summary>
internal sealed class Asker(HttpMessageInvoker http, string? bearer = null)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public async Task<Asked> Ask(Script script, Cluster cluster, CancellationToken cancellation)
    {
        var key = Guid.CreateVersion7().ToString();
        for (var replica = cluster.Any(null); ; replica = cluster.Any(replica))
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(replica.Address, "api/questions"))
                {
                    Content = new StringContent(
                        JsonSerializer.Serialize(new { question = script.Question }),
                        Encoding.UTF8,
                        "application/json"
                    ),
                };
                request.Headers.Add("Idempotency-Key", key);
                if (bearer is not null)
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
                using var response = await http.SendAsync(request, cancellation);
                var body = await response.Content.ReadAsStringAsync(cancellation);
                if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict))
                    return new Asked(response.StatusCode, CodeOf(body), response.Headers.RetryAfter?.Delta);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                // The replica was killed: another one has the question, or takes it.
            }

            await Task.Delay(Pause, TimeProvider.System, cancellation);
        }
    }

    private static string? CodeOf(string body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty("code", out var code) ? code.GetString() : null;
    }
}
