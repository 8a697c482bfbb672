using Microsoft.AspNetCore.Connections;
using QrAi.Infrastructure.Logging;
using QrAi.Infrastructure.Persistence;
using QrAi.Infrastructure.Settings;
using QrAi.WebApi.Commands;
using QrAi.WebApi.Hosting;

try
{
    var commandLine = new CommandLine(
        () => Listening(QrAiService.BuildForVerbs(ReadSettings().Settings)),
        () => Listening(QrAiService.BuildForChecks(ReadSettings())),
        Terminal.OfProcess()
    );
    if (commandLine.Takes(args))
    {
        using var signals = new StopSignals();
        return await commandLine.RunAsync(args, signals.Token);
    }

    await using var service = Listening(QrAiService.Build(args, ReadSettings().Settings));
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

static IReadOnlyList<SettingsLayer> ReadLayers() => EnvironmentFiles.Read(Directory.GetCurrentDirectory());

static SettingsReading ReadSettings() => SettingsReading.Of(ReadLayers());

static T Listening<T>(T host)
    where T : IHost
{
    host.Services.GetService<LogReload>()?.Listen(ReadLayers);
    return host;
}
