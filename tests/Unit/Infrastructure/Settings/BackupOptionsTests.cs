using QrAi.Application.Backups;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class BackupOptionsTests
{
    private const string Key = "c2VjcmV0LWtleS10aGF0LW5vYm9keS1zZWVz";
    private const string ConnectionString = $"DefaultEndpointsProtocol=https;AccountName=qrai;AccountKey={Key}";

    [Test]
    public void All_settings_are_optional()
    {
        var backups = Read().Backups;

        backups.Directory.ShouldBe("data/backups");
        backups.Container.ShouldBeNull();
        backups.Schedule.ToString().ShouldBe("0 3 * * *");
        backups.Retention.ShouldBe(new BackupRetention(7, 4, 6));
        backups.IsConfigured.ShouldBeFalse();
    }

    [TestCase("BACKUP_DIRECTORY", "/backups")]
    [TestCase("BACKUP_BLOB_CONTAINER_URL", "https://qrai.blob.core.windows.net/backups")]
    [TestCase("AZURE_STORAGE_CONNECTION_STRING", ConnectionString)]
    [TestCase("BACKUP_SCHEDULE", "30 */6 * * *")]
    [TestCase("BACKUP_RETENTION", "1d")]
    public void Any_setting_configures_backups(string name, string value) =>
        Read((name, value)).Backups.IsConfigured.ShouldBeTrue();

    [Test]
    public void A_schedule_may_occur_in_leap_years_only() =>
        Read(("BACKUP_SCHEDULE", "0 0 29 2 *")).Backups.Schedule.ToString().ShouldBe("0 0 29 2 *");

    [Test]
    public void An_address_uses_the_default_credential_and_takes_precedence_over_a_key()
    {
        var container = Read(
            ("BACKUP_BLOB_CONTAINER_URL", "https://qrai.blob.core.windows.net/backups"),
            ("AZURE_STORAGE_CONNECTION_STRING", ConnectionString)
        ).Backups.Container!;

        container.Url.ShouldBe(new Uri("https://qrai.blob.core.windows.net/backups"));
        container.ConnectionString.ShouldBeNull();
    }

    [Test]
    public void A_key_is_used_with_the_name_of_a_container_and_is_never_shown()
    {
        var container = Read(("AZURE_STORAGE_CONNECTION_STRING", ConnectionString)).Backups.Container!;

        container.Name.ShouldBe("qrai-backups");
        container.ConnectionString.ShouldBe(ConnectionString);
        Read(("AZURE_STORAGE_CONNECTION_STRING", ConnectionString), ("BACKUP_BLOB_CONTAINER", "nightly"))
            .Backups.Container!.Name.ShouldBe("nightly");
        Read(("AZURE_STORAGE_CONNECTION_STRING", ConnectionString)).ToString().ShouldNotContain(Key);
    }

    [TestCase("BACKUP_BLOB_CONTAINER_URL", "qrai-backups")]
    [TestCase("BACKUP_BLOB_CONTAINER_URL", "https://qrai.blob.core.windows.net/")]
    [TestCase("BACKUP_BLOB_CONTAINER_URL", "http://qrai.blob.core.windows.net/backups")]
    [TestCase("BACKUP_BLOB_CONTAINER_URL", $"https://qrai.blob.core.windows.net/backups?sig={Key}")]
    [TestCase("AZURE_STORAGE_CONNECTION_STRING", Key)]
    [TestCase("AZURE_STORAGE_CONNECTION_STRING", $"AccountKey={Key}")]
    [TestCase("BACKUP_BLOB_CONTAINER", "Backups")]
    [TestCase("BACKUP_BLOB_CONTAINER", "ab")]
    [TestCase("BACKUP_BLOB_CONTAINER", "a--b")]
    [TestCase("BACKUP_SCHEDULE", "daily")]
    [TestCase("BACKUP_SCHEDULE", "0 3 * *")]
    [TestCase("BACKUP_SCHEDULE", "61 3 * * *")]
    [TestCase("BACKUP_SCHEDULE", "0 0 30 2 *")]
    [TestCase("BACKUP_RETENTION", "7 days")]
    [TestCase("BACKUP_DIRECTORY", "/dev/null")]
    public void An_invalid_setting_is_named_without_secrets(string name, string value)
    {
        var problem = Problems((name, value)).ShouldHaveSingleItem();

        problem.ShouldStartWith($"{name}: must ");
        problem.ShouldNotContain(Key);
    }

    [Test]
    public void All_problems_are_reported_together() =>
        Problems(
            ("BACKUP_SCHEDULE", "never"),
            ("BACKUP_RETENTION", "forever"),
            ("AZURE_STORAGE_CONNECTION_STRING", "none"),
            ("BACKUP_BLOB_CONTAINER", "?")
        )
            .Length.ShouldBe(4);
}
