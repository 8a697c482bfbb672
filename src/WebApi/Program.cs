using Microsoft.AspNetCore.Connections;
using QrAi.Infrastructure.Logging;
using QrAi.Infrastructure.Persistence;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;
using QrAi.WebApi.Commands;
using QrAi.WebApi.Hosting;

try
{
    var commandLine = new CommandLine(
        async stop => Listening(QrAiService.BuildForVerbs((await ReadSettingsAsync(stop)).Settings)),
        async stop => Listening(QrAiService.BuildForChecks(await ReadSettingsAsync(stop))),
        Terminal.OfProcess()
    );
    if (commandLine.Takes(args))
    {
        using var signals = new StopSignals();
        return await commandLine.RunAsync(args, signals.Token);
    }

    var settings = (await ReadSettingsAsync(CancellationToken.None)).ServiceSettings;
    await using var service = Listening(QrAiService.Build(args, settings));
    var database = service.Services.GetRequiredService<DatabaseState>();
    await service.RunAsync();
    if (database.Refusal is not { } refusal)
        return ExitCode.Done;

    await Console.Error.WriteLineAsync(refusal);
    return ExitCode.Failed;
}
catch (InvalidSettingsException exception)
{
    foreach (var problem in exception.Problems)
        await Console.Error.WriteLineAsync(problem.ToString());
    return ExitCode.InvalidSettings;
}
catch (IOException exception) when (exception.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{exception.Message} Choose another one with --urls.");
    return ExitCode.Failed;
}

static async Task<SettingsResult> ReadSettingsAsync(CancellationToken cancellationToken) =>
    SettingsResult.Of(await SettingsSource.ReadAsync(Directory.GetCurrentDirectory(), cancellationToken));

static T Listening<T>(T host)
    where T : IHost
{
    host.Services.GetService<LogReload>()?.Listen(() => EnvironmentFiles.Read(Directory.GetCurrentDirectory()));
    return host;
}
