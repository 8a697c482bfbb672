using QrAi.Infrastructure.Settings;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class TelemetryOptionsTests
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Headers = "OTEL_EXPORTER_OTLP_HEADERS";

    [Test]
    public void Nothing_is_sent_unless_a_collector_is_named()
    {
        var telemetry = Read().Telemetry;

        telemetry.Endpoint.ShouldBeNull();
        telemetry.Protocol.ShouldBe(TelemetryProtocol.HttpProtobuf);
        telemetry.Headers.ShouldBeNull();
        telemetry.Timeout.ShouldBe(TimeSpan.FromSeconds(10));
        telemetry.MetricInterval.ShouldBe(TimeSpan.FromMinutes(1));
        telemetry.ServiceName.ShouldBe("qrai");
        telemetry.ToString().ShouldBe("nowhere");
    }

    [Test]
    public void Everything_can_be_set()
    {
        var telemetry = Read(
            (Endpoint, "https://collector.example:4317/base"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            (Headers, "api-key=abc%20def, tenant=7"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "2500"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "5000"),
            ("OTEL_SERVICE_NAME", "answers")
        ).Telemetry;

        telemetry.Endpoint.ShouldBe(new Uri("https://collector.example:4317/base"));
        telemetry.Protocol.ShouldBe(TelemetryProtocol.Grpc);
        telemetry.Headers.ShouldBe("api-key=abc%20def, tenant=7");
        telemetry.Timeout.ShouldBe(TimeSpan.FromSeconds(2.5));
        telemetry.MetricInterval.ShouldBe(TimeSpan.FromSeconds(5));
        telemetry.ServiceName.ShouldBe("answers");
        telemetry.ToString().ShouldNotContain("abc");
    }

    [TestCase("collector:4318")]
    [TestCase("ftp://collector")]
    [TestCase("/v1")]
    public void A_collector_is_an_absolute_address(string endpoint) =>
        Problems((Endpoint, endpoint))
            .ShouldBe([$"{Endpoint}: must be an absolute http or https address, such as http://collector:4318"]);

    [Test]
    public void An_address_with_a_password_is_rejected_without_showing_it() =>
        Problems((Endpoint, "https://user:s3cr3t@collector"))
            .ShouldBe([
                $"{Endpoint}: must be an address without a user: put credentials into OTEL_EXPORTER_OTLP_HEADERS",
            ]);

    [TestCase("https://collector?token=1")]
    [TestCase("https://collector#there")]
    public void An_address_has_no_query_and_no_fragment(string endpoint) =>
        Problems((Endpoint, endpoint)).ShouldBe([$"{Endpoint}: must be an address without a query or a fragment"]);

    [TestCase("s3cr3t")]
    [TestCase("=s3cr3t")]
    [TestCase("api key=s3cr3t")]
    [TestCase("api-key=s3cr3t,")]
    [TestCase("api-key=s3cr3t\u0001")]
    public void Invalid_headers_are_a_problem_that_does_not_show_them(string headers) =>
        Problems((Headers, headers))
            .ShouldBe([$"{Headers}: must be a comma-separated list of NAME=VALUE, with values URL-encoded"]);

    [TestCase("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "must be one of http/protobuf, grpc, not 'http/json'")]
    [TestCase("OTEL_EXPORTER_OTLP_TIMEOUT", "0", "must be a whole number from 1 to 60000, not '0'")]
    [TestCase("OTEL_METRIC_EXPORT_INTERVAL", "99", "must be a whole number from 100 to 3600000, not '99'")]
    public void Other_values_have_limits(string name, string value, string problem) =>
        Problems((name, value)).ShouldBe([$"{name}: {problem}"]);
}
