using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>How a call of the providers ended.</summary>
/// <param name="Status">Completed, failed or cancelled.</param>
/// <param name="Error">If it failed: why.</param>
/// <param name="Answer">What the providers gave.</param>
internal readonly record struct GenerationOutcome(MessageStatus Status, AnswerError? Error, GeneratedAnswer Answer)
{
    /// <summary>Calls the providers, and appends what they stream to a generation, until the stream ends or is stopped.</summary>
    /// <param name="made">The generation.</param>
    /// <param name="ask">Calls the providers.</param>
    /// <param name="logger">Receives unexpected faults.</param>
    public static async Task<GenerationOutcome> OfAsync(
        RunningGeneration made,
        Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> ask,
        ILogger logger
    )
    {
        var stream = new ProviderStream(made.Generation);
        try
        {
            await foreach (var update in ask(made.Stopped))
                stream.Append(update);
            return Ended(MessageStatus.Completed);
        }
        catch (OperationCanceledException) when (made.IsCancelled)
        {
            return Ended(MessageStatus.Cancelled);
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

        GenerationOutcome Ended(MessageStatus status, AnswerError? error = null) =>
            new(status, error, stream.ToGenerated());

        GenerationOutcome Failed(string code, string message) =>
            Ended(MessageStatus.Failed, new AnswerError(code, message));
    }
}
