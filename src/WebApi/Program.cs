using Microsoft.AspNetCore.Connections;
using QrAi.Infrastructure.Settings;
using QrAi.WebApi.Hosting;

try
{
    var settings = QrAiSettings.Read(EnvironmentFiles.Read(Directory.GetCurrentDirectory()));
    await using var service = QrAiService.Build(args, settings);
    await service.RunAsync();
    return 0;
}
catch (InvalidSettingsException exception)
{
    foreach (var problem in exception.Problems)
        await Console.Error.WriteLineAsync(problem.ToString());
    return InvalidSettingsException.ExitCode;
}
catch (IOException exception) when (exception.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{exception.Message} Choose another one with --urls.");
    return 1;
}
