namespace QrAi.Harness;

/// <summary>QrAi's published program.</summary>
/// <param name="Path">The path of the executable.</param>
/// <param name="Work">The folder for the files of its processes.</param>
internal sealed record QrAiProgram(string Path, string Work)
{
    /// <summary>
    /// Returns the defaults of production, but without authentication, which ENVIRONMENT=production refuses. All
    /// callers count as one, so the limits of a caller are off.
    /// </summary>
    public static Dictionary<string, string> Settings(string databaseUrl, Uri provider) =>
        new()
        {
            ["ENVIRONMENT"] = "test",
            ["AUTHENTICATION"] = "none",
            ["RATE_LIMIT_PER_MINUTE"] = "0",
            ["STREAMS_PER_CALLER"] = "0",
            ["LOG_LEVEL"] = "WARNING",
            ["LOG_FORMAT"] = "json",
            ["DATABASE_URL"] = databaseUrl,
            ["DATABASE_MIGRATE_ON_START"] = "false",
            ["LLM_PROVIDERS"] = "openrouter",
            ["OPENROUTER_API_KEY"] = "sk-or-harness",
            ["OPENROUTER_BASE_URL"] = new Uri(provider, "/v1").ToString(),
        };

    /// <summary>Starts a serving process.</summary>
    public Server Serve(string name, int port, IReadOnlyDictionary<string, string> settings) =>
        Server.Start(name, Work, Path, ["--urls", Text.Of($"http://127.0.0.1:{port}")], settings);

    /// <summary>Migrates the database that the settings name.</summary>
    public async Task Migrate(IReadOnlyDictionary<string, string> settings, CancellationToken cancellation)
    {
        await using var migration = Server.Start("migrate", Work, Path, ["migrate"], settings);
        if (await migration.Exit(cancellation) != 0)
            throw new InvalidOperationException("The database cannot be migrated:\n" + migration.LastLines());
    }
}
