using MediatR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Sessions;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>
/// Folds the titles of older programs by this one's rule, as soon as the database is ready. It is no migration, since no
/// database folds as <see cref="Domain.Text.UnicodeText.FoldCase"/> does; until it is done, searches may miss such titles.
/// </summary>
internal sealed class TitleRefolding(
    ISender sender,
    DatabaseState state,
    TimeProvider clock,
    ILogger<TitleRefolding> logger
) : BackgroundService
{
    private const int BatchSize = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Opened.WaitAsync(stoppingToken);
        for (Guid? after = Guid.Empty; after is not null; )
            try
            {
                after = await sender.Send(new RefoldTitles(after.Value, BatchSize), stoppingToken);
            }
            catch (DatabaseUnavailableException exception)
            {
                logger.LogDebug("Titles of older programs wait for the database: {Reason}", exception.Message);
                await Task.Delay(Pause, clock, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Finding every title is worth less than the service; the next start tries again.
                logger.LogWarning(exception, "Titles of older programs could not be folded again");
                return;
            }
    }
}
