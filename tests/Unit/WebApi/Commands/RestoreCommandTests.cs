using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Moq;
using QrAi.Application.Backups;
using QrAi.WebApi.Commands;

namespace QrAi.Tests.Unit.WebApi.Commands;

public sealed class RestoreCommandTests
{
    private const string Id = "qrai-20261123T030000Z";

    [TestCase("postgresql://qrai@db/one", "ignored", "postgresql://qrai@db/one")]
    [TestCase("-", "postgresql://qrai:s3cret@db/two\n", "postgresql://qrai:s3cret@db/two")]
    [TestCase("-", "  postgresql://qrai:s3cret@db/two  ", "postgresql://qrai:s3cret@db/two")]
    [TestCase("-", "", "")]
    public async Task The_address_of_another_database_is_given_or_read_from_standard_input(
        string into,
        string input,
        string address
    ) => (await RestoreAsync(input, "--into", into)).Into.ShouldBe(address);

    [Test]
    public async Task Without_an_address_it_is_the_services_own_and_nothing_is_read() =>
        (await RestoreAsync("postgresql://qrai@db/two\n")).Into.ShouldBeNull();

    private static async Task<RestoreBackup> RestoreAsync(string input, params string[] args)
    {
        RestoreBackup? sent = null;
        var sender = new Mock<ISender>();
        sender
            .Setup(to => to.Send(It.IsAny<RestoreBackup>(), It.IsAny<CancellationToken>()))
            .Callback((IRequest<RestoredBackup> request, CancellationToken _) => sent = (RestoreBackup)request)
            .ThrowsAsync(new BackupFailedException("It is not restored here."));
        var errors = new StringWriter();

        var exitCode = await new CommandLine(
            _ =>
            {
                var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Production });
                builder.Services.AddSingleton(sender.Object);
                return Task.FromResult<IHost>(builder.Build());
            },
            _ => throw new InvalidOperationException("It checks nothing."),
            new Terminal(new StringReader(input), TextWriter.Null, errors, IsInteractive: false)
        ).RunAsync(["restore", Id, .. args], CancellationToken.None);

        exitCode.ShouldBe(1, errors.ToString());
        return sent.ShouldNotBeNull();
    }
}
