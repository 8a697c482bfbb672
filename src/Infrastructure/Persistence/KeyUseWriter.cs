using MediatR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QrAi.Application.Callers;
using QrAi.Application.Errors;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Writes every few seconds which keys were used, so that no request has to.</summary>
internal sealed class KeyUseWriter(ISender sender, TimeProvider clock, ILogger<KeyUseWriter> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Period, clock, stoppingToken);
            try
            {
                await sender.Send(new RecordKeyUses(), stoppingToken);
            }
            catch (DatabaseUnavailableException exception)
            {
                // They are still noted, and callers are told of the database by themselves.
                logger.LogDebug("The uses of keys wait for the database: {Reason}", exception.Message);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Knowing when a key was used is worth less than the service.
                logger.LogWarning(exception, "The uses of keys could not be written");
            }
        }
    }
}
