using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Application.Backups;

public sealed class BackupIdTests
{
    [Test]
    public void A_backup_is_named_after_its_creation_time_in_UTC() =>
        BackupId
            .At(new DateTimeOffset(2026, 11, 23, 12, 0, 0, 999, TimeSpan.FromHours(9)))
            .ShouldBe("qrai-20261123T030000Z");

    [TestCase("qrai-20261123T030000Z", true)]
    [TestCase("qrai-20261323T030000Z", false)]
    [TestCase("qrai-20261123T030000", false)]
    [TestCase("qrai-20261123T030000Z ", false)]
    [TestCase("../qrai-20261123T030000Z", false)]
    [TestCase("QRAI-20261123T030000Z", false)]
    [TestCase("", false)]
    [TestCase(null, false)]
    public void Only_a_name_in_this_format_is_valid(string? id, bool valid) => BackupId.IsValid(id).ShouldBe(valid);

    [TestCase(null, true)]
    [TestCase("qrai-20261123T030000Z", true)]
    [TestCase("latest", false)]
    public void A_verification_is_of_a_named_backup_or_of_the_newest(string? id, bool valid) =>
        new VerifyBackupValidator().Validate(new VerifyBackup(id)).IsValid.ShouldBe(valid);

    [TestCase("qrai-20261123T030000Z", null, true)]
    [TestCase("qrai-20261123T030000Z", "postgresql://…", true)]
    [TestCase("qrai-20261123T030000Z", " ", false)]
    [TestCase("../etc", null, false)]
    public void A_restore_is_of_a_named_backup_and_into_an_address(string id, string? into, bool valid) =>
        new RestoreBackupValidator().Validate(new RestoreBackup(id, into, false)).IsValid.ShouldBe(valid);

    [Test]
    public void The_text_of_a_restore_does_not_contain_the_password_of_its_address() =>
        new RestoreBackup("qrai-20261123T030000Z", "postgresql://qrai:s3cret@db/qrai", true)
            .ToString()
            .ShouldNotContain("s3cret");
}
