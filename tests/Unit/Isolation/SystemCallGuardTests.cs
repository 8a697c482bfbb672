using System.Diagnostics;
using System.Net.Sockets;
using QrAi.Tests.Isolation;
using QrAi.Tests.Isolation.SystemCalls;

namespace QrAi.Tests.Unit.Isolation;

/// <summary>Canaries, which violate the isolation on purpose. Each violation must be denied and recorded.</summary>
public sealed class SystemCallGuardTests
{
    private static string Outside { get; } =
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "qrai-canary");

    [SetUp]
    public void RequireGuard() =>
        Assume.That(SystemCallGuard.IsActive, "The calls of the base library can be intercepted only on 64-bit Linux.");

    [Test]
    public void Access_to_a_file_outside_the_temporary_folder_is_denied_and_named()
    {
        Should.Throw<UnauthorizedAccessException>(() => File.WriteAllText(Outside, "canary"));
        Should.Throw<UnauthorizedAccessException>(() => File.ReadAllText("/etc/passwd"));

        Violations.Take().ShouldBe([$"the file {Outside}", "the file /etc/passwd"]);
    }

    [Test]
    public void Changes_of_folders_outside_the_temporary_one_are_denied_and_named()
    {
        Should.Throw<UnauthorizedAccessException>(() => Directory.CreateDirectory(Outside));
        Should.Throw<UnauthorizedAccessException>(() => File.Delete(Outside));
        Should.Throw<UnauthorizedAccessException>(() => Directory.GetFiles("/"));

        Violations.Take().ShouldBe([$"to make the folder {Outside}", $"to delete {Outside}", "the folder /"]);
    }

    [Test]
    public void A_temporary_file_is_allowed()
    {
        var folder = Directory.CreateTempSubdirectory("qrai-unit-");
        var path = Path.Combine(folder.FullName, "text");
        File.WriteAllText(path, "allowed");
        File.ReadAllText(path).ShouldBe("allowed");
        folder.Delete(recursive: true);

        Violations.Take().ShouldBeEmpty();
    }

    [Test]
    public void A_socket_is_denied_whatever_its_use()
    {
        Should.Throw<SocketException>(() => new TcpListener(System.Net.IPAddress.Loopback, 0).Start());

        Violations.Take().ShouldContain("a socket");
    }

    [Test]
    public void A_process_is_denied()
    {
        Should.Throw<System.ComponentModel.Win32Exception>(() => Process.Start("/bin/true").Dispose());

        Violations.Take().ShouldContain("to start a process");
    }
}
