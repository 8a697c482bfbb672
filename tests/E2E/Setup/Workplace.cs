using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E.Setup;

/// <summary>The database of a test.</summary>
public enum Database
{
    /// <summary>A file in the working directory, which is the default.</summary>
    Sqlite,

    /// <summary>A new, empty database.</summary>
    Postgres,
}

/// <summary>A working directory and an environment, for one or more processes.</summary>
internal sealed class Workplace
{
    public const string OpenRouterKey = "sk-or-e2e-5c1f0e9a7b3d";
    public const string GoogleAiKey = "AIza-e2e-8d2e4f6a1b3c5d7e";

    public Workplace()
    {
        Root = TestRun.Current.CreateFolder();
        Folder = Root;
        // Marks the root of a repository, above which no files are read.
        Directory.CreateDirectory(Path.Combine(Root, ".git"));
    }

    /// <summary>The repository's root.</summary>
    public string Root { get; }

    /// <summary>The working directory.</summary>
    public string Folder { get; set; }

    /// <summary>The environment.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>Writes a file, and creates its folders.</summary>
    /// <param name="path">Relative to the root.</param>
    /// <param name="lines">Its lines.</param>
    public void Write(string path, params string[] lines)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllLines(file, lines);
    }

    public async Task<Workplace> WithAsync(Database database)
    {
        if (database == Database.Postgres)
            Settings["DATABASE_URL"] = await (await TestRun.Current.PostgresAsync()).CreateDatabaseAsync();
        return this;
    }

    public Workplace WithOpenRouter(ScriptedProvider provider)
    {
        Settings["OPENROUTER_API_KEY"] = OpenRouterKey;
        Settings["OPENROUTER_BASE_URL"] = provider.BaseUrl;
        Settings["OPENROUTER_MODEL"] = "scripted/one";
        return WithLongLimits();
    }

    public Workplace WithGoogleAi(ScriptedProvider provider)
    {
        Settings["GOOGLE_AI_API_KEY"] = GoogleAiKey;
        Settings["GOOGLE_AI_BASE_URL"] = provider.BaseUrl;
        Settings["GOOGLE_AI_MODEL"] = "scripted-two";
        return WithLongLimits();
    }

    /// <summary>Disables limits that a slow machine or many questions would exceed.</summary>
    private Workplace WithLongLimits()
    {
        Settings["LLM_FIRST_TOKEN_SECONDS"] = "600";
        Settings["LLM_TOTAL_SECONDS"] = "3600";
        Settings["RATE_LIMIT_PER_MINUTE"] = "0";
        return this;
    }
}
