using QrAi.Application.Backups;
using QrAi.Tests.Unit.Support.Backups;

namespace QrAi.Tests.Unit.Application.Backups;

public sealed class ListBackupsTests : IDisposable
{
    private readonly BackupService _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task A_listing_includes_damaged_and_unreadable_backups()
    {
        var damaged = _service.Archive.Add(2, damage: "Its dump is missing.");
        var good = _service.Archive.Add(1);
        _service.Archive.Unreadable.Add("The manifest of another one can not be read.");
        _service.Archive.StorageProblem = "The storage does not answer.";

        var listing = await _service.Sender.Send(new ListBackups());

        listing.Backups.Select(backup => backup.Id).ShouldBe([good, damaged]);
        listing.Unreadable.ShouldBe(["The manifest of another one can not be read."]);
        listing.StorageProblem.ShouldBe("The storage does not answer.");
    }
}
