using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>The outcome of a call of the providers.</summary>
/// <param name="Status">The final status: completed, failed or cancelled.</param>
/// <param name="Error">The error, if it failed.</param>
/// <param name="Answer">The generated answer.</param>
internal readonly record struct GenerationOutcome(MessageStatus Status, AnswerError? Error, GeneratedAnswer Answer)
{
    /// <summary>Calls the providers, and appends their stream to a generation until it ends or is stopped.</summary>
    /// <param name="running">The generation.</param>
    /// <param name="ask">Calls the providers.</param>
    /// <param name="logger">The logger of unexpected exceptions.</param>
    public static async Task<GenerationOutcome> OfAsync(
        RunningGeneration running,
        Func<CancellationToken, Task<IAsyncEnumerable<ChatResponseUpdate>>> ask,
        ILogger logger
    )
    {
        var stream = new ProviderStream(running.Generation);
        try
        {
            await foreach (var update in await ask(running.Stopped))
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

        GenerationOutcome Ended(MessageStatus status, AnswerError? error = null) => new(status, error, stream.End());

        GenerationOutcome Failed(string code, string message) =>
            Ended(MessageStatus.Failed, new AnswerError(code, message));
    }
}
