using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Infrastructure.Logging;
using QrAi.Tests.Unit.Infrastructure.Settings;

namespace QrAi.Tests.Unit.Infrastructure.Logging;

public sealed class LogLevelsTests
{
    [TestCase("INFO", "QrAi.Application", LogLevel.Information)]
    [TestCase("INFO", "Microsoft.AspNetCore.Routing.EndpointMiddleware", LogLevel.Warning)]
    [TestCase("INFO", "Npgsql.Command", LogLevel.Warning)]
    [TestCase("TRACE", "Npgsql.Command", LogLevel.Trace)]
    [TestCase("ERROR", "Npgsql.Command", LogLevel.Error)]
    [TestCase("TRACE", "Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None)]
    [TestCase("TRACE", "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Critical)]
    [TestCase("TRACE", "Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Critical)]
    public void Libraries_are_quieter_than_the_service(string level, string category, LogLevel min) =>
        MinLevelOf(Logger(("LOG_LEVEL", level)), category).ShouldBe(min);

    [TestCase("Npgsql=DEBUG", "Npgsql.Command", LogLevel.Debug)]
    [TestCase("Npgsql=DEBUG", "QrAi.Application", LogLevel.Information)]
    [TestCase("QrAi=ERROR,QrAi.Infrastructure.Llm=TRACE", "QrAi.Infrastructure.Llm.AttemptChatClient", LogLevel.Trace)]
    [TestCase("QrAi=ERROR,QrAi.Infrastructure.Llm=TRACE", "QrAi.Infrastructure.Logging", LogLevel.Error)]
    [TestCase("Microsoft.EntityFrameworkCore=WARNING", "Microsoft.EntityFrameworkCore.Update", LogLevel.Warning)]
    [TestCase("System.Net.Http=TRACE", "System.Net.Http.HttpClient.Any.LogicalHandler", LogLevel.Critical)]
    [TestCase("Microsoft=TRACE", "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Critical)]
    [TestCase(
        "Microsoft.AspNetCore.Server=TRACE",
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
        LogLevel.Critical
    )]
    public void The_longest_matching_name_applies(string levels, string category, LogLevel min) =>
        MinLevelOf(Logger(("LOG_LEVELS", levels)), category).ShouldBe(min);

    [Test]
    public void A_change_applies_to_existing_loggers()
    {
        using var services = Logger(("LOG_LEVEL", "INFO"));
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Npgsql.Command");
        logger.IsEnabled(LogLevel.Debug).ShouldBeFalse();

        Reload(services, ("LOG_LEVELS", "Npgsql=DEBUG"));

        logger.IsEnabled(LogLevel.Debug).ShouldBeTrue();
        logger.IsEnabled(LogLevel.Trace).ShouldBeFalse();

        Reload(services, ("LOG_LEVEL", "CRITICAL"));

        logger.IsEnabled(LogLevel.Error).ShouldBeFalse();
    }

    [Test]
    public void Invalid_levels_change_nothing_and_are_logged()
    {
        using var services = Logger(("LOG_LEVEL", "DEBUG"));

        Reload(services, ("LOG_LEVEL", "LOUD"), ("LOG_LEVELS", "Npgsql=TRACE"));

        MinLevelOf(services, "QrAi.Application").ShouldBe(LogLevel.Debug);
        MinLevelOf(services, "Npgsql").ShouldBe(LogLevel.Debug);
        var line = services.GetRequiredService<ListLog>().Lines.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Error);
        line.Message.ShouldContain("remain unchanged");
        line.Message.ShouldContain("LOG_LEVEL: must be one of");
    }

    [Test]
    public void Settings_that_cannot_be_read_change_nothing_and_are_logged()
    {
        using var services = Logger(("LOG_LEVEL", "DEBUG"));

        services
            .GetRequiredService<LogReload>()
            .Reload(() => throw new UnauthorizedAccessException("Access to '.env' is denied."));

        MinLevelOf(services, "QrAi.Application").ShouldBe(LogLevel.Debug);
        services
            .GetRequiredService<ListLog>()
            .Lines.ShouldHaveSingleItem()
            .Message.ShouldContain("UnauthorizedAccessException: Access to '.env' is denied.");
    }

    private static void Reload(ServiceProvider services, params (string Name, string Value)[] settings) =>
        services.GetRequiredService<LogReload>().Reload(() => [Reading.Layer(".env", settings)]);

    /// <summary>Creates the logging of the service, with a list as its only provider.</summary>
    private static ServiceProvider Logger(params (string Name, string Value)[] settings)
    {
        var read = Reading.Read(settings);
        var list = new ListLog();
        return new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddSingleton(read.Environment)
            .AddSingleton(list)
            .AddQrAiLogging(read.Logging, toStandardError: true)
            .AddLogging(logging => logging.ClearProviders().AddProvider(list))
            .BuildServiceProvider();
    }

    private static LogLevel MinLevelOf(ServiceProvider services, string category)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
        return Enum.GetValues<LogLevel>().First(level => level == LogLevel.None || logger.IsEnabled(level));
    }
}
