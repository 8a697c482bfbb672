using MediatR;
using Microsoft.Extensions.Logging;
using Moq;
using QrAi.Application.Errors;
using QrAi.Application.Sessions;
using QrAi.Infrastructure.Jobs;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Tests.Unit.Infrastructure.Jobs;

public sealed class TitleRefoldingTests
{
    [Test]
    public async Task After_an_outage_it_continues_with_the_batch_that_failed()
    {
        var (first, second) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var positions = new List<Guid>();
        var results = new Queue<Func<Guid?>>([
            () => first,
            () => throw new DatabaseUnavailableException("The database is away."),
            () => second,
            () => null,
        ]);
        var sender = new Mock<ISender>();
        sender
            .Setup(one => one.Send(It.IsAny<RefoldTitles>(), It.IsAny<CancellationToken>()))
            .Returns(
                async (IRequest<Guid?> request, CancellationToken _) =>
                {
                    positions.Add(((RefoldTitles)request).After);
                    await Task.Yield();
                    return results.Dequeue()();
                }
            );
        var clock = new TestClock();
        var database = new DatabaseState();
        using var log = new ListLog();
        using var job = new TitleRefolding(
            sender.Object,
            database,
            clock,
            new LoggerFactory([log]).CreateLogger<TitleRefolding>()
        );
        await job.StartAsync(CancellationToken.None);
        positions.ShouldBeEmpty();

        database.Open();
        await clock.PassAsync(TimeSpan.FromSeconds(5)).Soon();

        await job.ExecuteTask!.Soon();
        positions.ShouldBe([Guid.Empty, first, first, second]);
        log.Lines.ShouldAllBe(line => line.Level == LogLevel.Debug);
    }
}
