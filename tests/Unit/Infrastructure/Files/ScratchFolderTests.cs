using QrAi.Infrastructure.Files;

namespace QrAi.Tests.Unit.Infrastructure.Files;

public sealed class ScratchFolderTests
{
    private readonly string _root = Directory.CreateTempSubdirectory("qrai-unit-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_root, recursive: true);

    [Test]
    public void A_folder_is_deleted_with_its_contents()
    {
        using (var folder = ScratchFolder.Create(_root))
            File.WriteAllText(folder.PathOf("copy.db"), "a copy");

        Directory.EnumerateFileSystemEntries(_root).ShouldBeEmpty();
    }

    [Test]
    public void Only_the_owner_has_access()
    {
        using var folder = ScratchFolder.Create(_root);

        if (!OperatingSystem.IsWindows())
            new DirectoryInfo(Directory.GetDirectories(_root).Single()).UnixFileMode.ShouldBe(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
    }

    [Test]
    public void A_folder_that_a_killed_process_left_is_removed_by_the_next_one_and_other_folders_are_not()
    {
        var recent = Leave("qrai-scratch-young", hours: 0);
        var unrelated = Leave("notes", hours: 1);
        using var used = ScratchFolder.Create(_root);
        var usedPath = Directory.GetParent(used.PathOf("x"))!.FullName;
        Age(usedPath, hours: 1);
        var left = Leave("qrai-scratch-left", hours: 1);

        using var next = ScratchFolder.Create(_root);

        Directory.Exists(left).ShouldBeFalse();
        foreach (var path in new[] { recent, unrelated, usedPath })
            Directory.Exists(path).ShouldBeTrue(path);
    }

    private string Leave(string name, int hours)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
        File.WriteAllText(Path.Combine(folder, "lock"), "");
        File.WriteAllText(Path.Combine(folder, "copy.db"), "a copy");
        Age(folder, hours);
        return folder;
    }

    private static void Age(string folder, int hours) =>
        Directory.SetLastWriteTimeUtc(folder, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-hours));
}
