namespace QrAi.Tests.Testing.Postgres;

/// <summary>Creates the initial data of a cluster.</summary>
internal static class ClusterData
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Copies the data of an earlier cluster with the same arguments, or runs <c>initdb</c>.</summary>
    /// <param name="directory">The cluster.</param>
    /// <param name="superuser">The name of its first user.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task InitializeAsync(
        ClusterDirectory directory,
        string superuser,
        CancellationToken cancellationToken
    )
    {
        string[] arguments =
        [
            $"--username={superuser}",
            // The socket is in a folder that other users cannot enter; network connections require the password.
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            // sorts by code points, with the upper and lower case of all letters
            OperatingSystem.IsLinux()
                ? "--locale=C.UTF-8"
                : "--locale=en_US.UTF-8",
            "--no-sync",
            "--no-instructions",
        ];
        if (InitialData.TryCopyTo(directory.Data, arguments))
            return;
        using var initdb = ClusterProcess.StartInitdb(directory, [$"--pgdata={directory.Data}", .. arguments]);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var output = await initdb.StandardOutput.ReadToEndAsync(limit.Token);
            await initdb.WaitForExitAsync(limit.Token);
            if (initdb.ExitCode != 0)
                throw new InvalidOperationException($"initdb failed with exit code {initdb.ExitCode}: {output}");
        }
        catch (OperationCanceledException)
        {
            initdb.Kill(entireProcessTree: true);
            throw;
        }

        InitialData.Save(directory.Data, arguments);
    }
}
