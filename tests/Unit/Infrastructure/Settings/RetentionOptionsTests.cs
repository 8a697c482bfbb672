using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class RetentionOptionsTests
{
    [Test]
    public void Sessions_are_kept_by_default() => Read().Retention.IsOn.ShouldBeFalse();

    [TestCase("1", 1)]
    [TestCase("3650", 3_650)]
    public void Sessions_may_be_deleted_after_a_number_of_days(string text, int days)
    {
        var retention = Read(("RETENTION_DAYS", text)).Retention;

        (retention.Days, retention.IsOn).ShouldBe((days, true));
    }
}
