using System.Diagnostics;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>A database's schema as <c>pg_dump</c> writes it.</summary>
public static class PostgresSchema
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    /// <summary>Whether this machine has <c>pg_dump</c>.</summary>
    public static bool IsReadable => Program is not null;

    private static string? Program => PostgresBinaries.PathOf("pg_dump");

    /// <summary>Reads the schema without EF Core's table of migrations.</summary>
    /// <exception cref="InvalidOperationException"><c>pg_dump</c> is missing or failed.</exception>
    public static async Task<string> ReadAsync(string url)
    {
        var start = new ProcessStartInfo(
            Program ?? throw new InvalidOperationException("There is no pg_dump."),
            ["--schema-only", "--no-owner", "--exclude-table=\"__EFMigrationsHistory\"", "--no-password"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A command line is visible to every user of the machine.
        foreach (var (name, value) in PostgresUrl.ToEnvironment(url))
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(_limit);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"pg_dump failed with exit code {process.ExitCode}: {await errors}");
        // Newer versions enclose the schema in lines with a random number.
        return string.Join(
            '\n',
            (await output)
                .Split('\n')
                .Where(line => !line.StartsWith(@"\restrict", StringComparison.Ordinal))
                .Where(line => !line.StartsWith(@"\unrestrict", StringComparison.Ordinal))
        );
    }
}
