using Microsoft.Extensions.Logging;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class LoggingOptionsTests
{
    [Test]
    public void Namespaces_may_have_their_own_levels()
    {
        var logging = Read(
            ("LOG_LEVEL", "WARNING"),
            ("LOG_LEVELS", " Npgsql=debug , QrAi.Infrastructure.Llm = TRACE,")
        ).Logging;

        logging.Level.ShouldBe(LogLevel.Warning);
        logging.Levels.ShouldBe(
            new Dictionary<string, LogLevel>
            {
                ["Npgsql"] = LogLevel.Debug,
                ["QrAi.Infrastructure.Llm"] = LogLevel.Trace,
            },
            ignoreOrder: true
        );
        logging.DescribeLevels().ShouldBe("WARNING, Npgsql=DEBUG, QrAi.Infrastructure.Llm=TRACE");
    }

    [TestCase("Npgsql", "'Npgsql' is not NAMESPACE=LEVEL")]
    [TestCase("=DEBUG", "'=DEBUG' is not NAMESPACE=LEVEL")]
    [TestCase("Npgsql.*=DEBUG", "'Npgsql.*=DEBUG' is not NAMESPACE=LEVEL")]
    [TestCase(
        "Npgsql=LOUD",
        "'Npgsql=LOUD' has a level that is not one of TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL"
    )]
    [TestCase("Npgsql=DEBUG,npgsql=INFO", "'npgsql' is listed twice")]
    [TestCase("A=B=C,D", "'A=B=C' is not NAMESPACE=LEVEL; 'D' is not NAMESPACE=LEVEL")]
    [TestCase(
        "Microsoft.AspNetCore.Hosting.Diagnostics=INFO",
        "'Microsoft.AspNetCore.Hosting.Diagnostics' logs the content of requests and cannot be turned on"
    )]
    [TestCase(
        "system.net.http.httpclient.Any.LogicalHandler=TRACE",
        "'system.net.http.httpclient.Any.LogicalHandler' logs the content of requests and cannot be turned on"
    )]
    public void An_invalid_list_of_levels_is_one_problem_that_names_all_faults(string text, string problem) =>
        Problems(("LOG_LEVELS", text))
            .ShouldHaveSingleItem()
            .ShouldBe(
                $"LOG_LEVELS: must be a comma-separated list such as Npgsql=DEBUG,QrAi.Infrastructure.Llm=TRACE: {problem}"
            );
}
