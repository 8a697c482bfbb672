using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using QrAi.WebApp.Api;
using QrAi.WebApp.Browser;

namespace QrAi.WebApp.Answers;

/// <summary>Follows answers to their end, over lost connections and services that stop.</summary>
/// <param name="api">The service.</param>
/// <param name="pending">Keeps questions until they are acknowledged.</param>
/// <param name="clock">Measures the pauses.</param>
public sealed class AnswerFollower(QrAiApi api, PendingQuestions pending, TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(10);

    /// <summary>Asks a question, or follows its answer once it is known, until the answer has ended.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="question">The question, if it may not be acknowledged yet.</param>
    /// <param name="changed">Called when the answer has changed.</param>
    /// <param name="cancellationToken">Stops following.</param>
    public async Task FollowAsync(
        AnswerState answer,
        PendingQuestion? question,
        Func<Task> changed,
        CancellationToken cancellationToken
    )
    {
        for (var pause = FirstPause; !answer.HasEnded; pause = pause * 2 < MaxPause ? pause * 2 : MaxPause)
        {
            try
            {
                using var response = answer.Id is { } id
                    ? await api.FollowAsync(id, answer.LastEventId, cancellationToken)
                    : await api.AskAsync(question!, cancellationToken);
                if (response.StatusCode == HttpStatusCode.NoContent)
                    answer.Load(await api.GetAnswerAsync(answer.Id!.Value));
                else if (await ReadAsync(response, answer, question, changed, cancellationToken))
                    pause = FirstPause / 2; // there was progress
            }
            catch (ApiException exception) when (!exception.IsTransient)
            {
                answer.Fail(exception);
                if (exception.Code != "unauthenticated") // it is asked again with a key
                    await ForgetAsync(question);
            }
            catch (Exception exception)
                when (exception is HttpRequestException or IOException or ApiException or JsonException)
            {
                // The connection is lost, the service stops, or a proxy answers: the answer goes on where it was.
            }

            answer.IsReconnecting = !answer.HasEnded;
            await changed();
            if (!answer.HasEnded)
                await Task.Delay(pause, clock, cancellationToken);
        }
    }

    private async Task<bool> ReadAsync(
        HttpResponseMessage response,
        AnswerState answer,
        PendingQuestion? question,
        Func<Task> changed,
        CancellationToken cancellationToken
    )
    {
        var hasAny = false;
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            var isAcknowledged = answer.Id is null;
            answer.Apply(item);
            (hasAny, answer.IsReconnecting) = (true, false);
            if (isAcknowledged)
                await ForgetAsync(question);
            await changed();
        }

        return hasAny;
    }

    private async Task ForgetAsync(PendingQuestion? question)
    {
        if (question is not null)
            await pending.RemoveAsync(question);
    }
}
