using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>What became of a call of the providers.</summary>
/// <param name="Status">Completed, failed or cancelled.</param>
/// <param name="Error">If it failed: why.</param>
internal readonly record struct GenerationOutcome(MessageStatus Status, AnswerError? Error)
{
    /// <summary>Asks, and adds what comes to a generation, until the stream ends or somebody stops it.</summary>
    /// <param name="made">The generation.</param>
    /// <param name="ask">Asks the providers.</param>
    /// <param name="logger">Where faults go that nobody foresaw.</param>
    public static async Task<GenerationOutcome> OfAsync(
        RunningGeneration made,
        Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> ask,
        ILogger logger
    )
    {
        try
        {
            await foreach (var update in ask(made.Stopped))
                made.Generation.Add(update);
            return new GenerationOutcome(MessageStatus.Completed, null);
        }
        catch (OperationCanceledException) when (made.IsCancelled)
        {
            return new GenerationOutcome(MessageStatus.Cancelled, null);
        }
        catch (OperationCanceledException) when (made.Stopped.IsCancellationRequested)
        {
            return Failed(AnswerErrorCodes.ShuttingDown, "The service stopped before the answer was complete.");
        }
        catch (GenerationFailedException exception)
        {
            return Failed(exception.Code, exception.Message);
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "{GenerationId} could not be generated", made.Generation.Identity.Id);
            return Failed(AnswerErrorCodes.InternalError, "The answer could not be generated.");
        }
    }

    private static GenerationOutcome Failed(string code, string message) =>
        new(MessageStatus.Failed, new AnswerError(code, message));
}
