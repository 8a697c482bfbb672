using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Application.Usage;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;

namespace QrAi.Application.Generations;

/// <summary>The outcome of a call of the providers.</summary>
/// <param name="Status">The final status: completed, failed or cancelled.</param>
/// <param name="Error">The error, if it failed.</param>
/// <param name="Answer">The generated answer.</param>
/// <param name="Calls">The calls of providers that it took, in order; the last one ends the question.</param>
internal readonly record struct GenerationOutcome(
    MessageStatus Status,
    AnswerError? Error,
    GeneratedAnswer Answer,
    IReadOnlyList<UsageRecord> Calls
)
{
    /// <summary>Calls the providers, and appends their stream to a generation until it ends or is stopped.</summary>
    /// <param name="running">The generation.</param>
    /// <param name="prepare">Prepares the call of the providers.</param>
    /// <param name="meter">Measures the calls.</param>
    /// <param name="recorder">Stores calls before the end of the answer.</param>
    /// <param name="subject">On whose behalf, and for what, the providers are called.</param>
    /// <param name="logger">The logger of unexpected exceptions.</param>
    public static async Task<GenerationOutcome> OfAsync(
        RunningGeneration running,
        Func<CancellationToken, Task<ModelCall>> prepare,
        UsageMeter meter,
        UsageRecorder recorder,
        UsageSubject subject,
        ILogger logger
    )
    {
        var stream = new ProviderStream(running.Generation, meter, recorder, subject);
        try
        {
            var call = await prepare(running.Stopped);
            stream.Prompt = call.Prompt;
            await foreach (
                var update in call.Client.GetStreamingResponseAsync(call.Prompt, call.Options, running.Stopped)
            )
                stream.Append(update);
            return Ended(MessageStatus.Completed);
        }
        catch (OperationCanceledException) when (running.IsCancelled)
        {
            return Ended(MessageStatus.Cancelled);
        }
        catch (OperationCanceledException) when (running.Stopped.IsCancellationRequested)
        {
            return Failed(AnswerErrorCodes.ShuttingDown, "The service stopped before the answer was complete.");
        }
        catch (GenerationFailedException exception)
        {
            return Failed(exception.Code, exception.Message);
        }
        catch (DatabaseUnavailableException exception)
        {
            return Failed(AnswerErrorCodes.DatabaseUnavailable, exception.Message);
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "Generation {GenerationId} failed unexpectedly", running.Generation.Identity.Id);
            return Failed(AnswerErrorCodes.InternalError, "The answer could not be generated.");
        }

        GenerationOutcome Ended(MessageStatus status, AnswerError? error = null)
        {
            if (stream.Calls is [.., var last])
                last.EndQuestion();
            return new(status, error, stream.End(), stream.Calls);
        }

        GenerationOutcome Failed(string code, string message) =>
            Ended(MessageStatus.Failed, new AnswerError(code, message));
    }
}
