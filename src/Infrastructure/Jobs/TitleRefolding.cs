using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Application.Sessions;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>
/// Case-folds titles that older versions stored, once the database is ready. It is not a migration: no database folds
/// as <see cref="Domain.Text.UnicodeText.FoldCase"/> does. Until it is complete, searches may miss such titles.
/// </summary>
internal sealed class TitleRefolding(
    ISender sender,
    DatabaseState database,
    TimeProvider clock,
    ILogger<TitleRefolding> logger
) : PeriodicJob(clock, logger, database)
{
    private const int BatchSize = 500;

    private Guid? _after = Guid.Empty;

    protected override TimeSpan Period { get; } = TimeSpan.FromSeconds(5);

    protected override TimeSpan DueTime => TimeSpan.Zero;

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        while (_after is { } after)
            _after = await sender.Send(new RefoldTitles(after, BatchSize), stoppingToken);
        return false;
    }
}
