using System.Reflection;
using System.Text.RegularExpressions;
using QrAi.Infrastructure.Settings;

namespace QrAi.Tests.Architecture;

/// <summary>Options, which read and validate themselves in <c>Read</c>, and the documentation of settings.</summary>
public sealed partial class SettingsTests
{
    private static List<Type> Options { get; } =
    [.. Layers.Infrastructure.Written().Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal))];

    [Test]
    public void Options_are_sealed_records_of_the_settings() =>
        Options.Must(type => type.IsSealed && type.IsRecord() && type.Namespace == typeof(SettingsReader).Namespace);

    [Test]
    public void Options_are_read_and_validated_by_themselves() =>
        Options.Must(type =>
            type.GetMethod("Read", BindingFlags.Static | BindingFlags.NonPublic) is { IsAssembly: true } read
            && read.ReturnType == type
            && read.GetParameters()[0].ParameterType == typeof(SettingsReader)
        );

    [Test]
    public void Options_are_immutable() =>
        Options.Must(type =>
            type.GetProperties()
                .All(property =>
                    property.SetMethod is null
                    || property
                        .SetMethod.ReturnParameter.GetRequiredCustomModifiers()
                        .Contains(typeof(System.Runtime.CompilerServices.IsExternalInit))
                )
        );

    [Test]
    public void Each_setting_that_is_read_is_in_the_sample_and_each_in_the_sample_is_read() =>
        NamesIn(Assignment(), Sample()).ShouldBe(SettingsThatAreRead(), ignoreOrder: true);

    [Test]
    public void Each_setting_that_is_read_is_in_the_table_of_the_documentation_and_each_in_the_table_is_read() =>
        TableOfTheDocs().ShouldBe(SettingsThatAreRead(), ignoreOrder: true);

    [Test]
    public void The_sample_has_the_defaults()
    {
        var values = Assignment()
            .Matches(Sample())
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value);
        values.Values.Count(value => value.Length > 0).ShouldBeGreaterThan(20);

        var defaults = QrAiSettings.Read([]);
        var all = QrAiSettings.Read([new SettingsLayer("sample", values)]);

        // Setting any of these configures backups, even to a default value.
        all = all with
        {
            Backups = all.Backups with { IsConfigured = false },
        };
        all.ShouldBeEquivalentTo(defaults);
        // Without its key, a provider's address and model are ignored.
        var keys = new Dictionary<string, string>
        {
            ["OPENROUTER_API_KEY"] = "sk-or-test",
            ["GOOGLE_AI_API_KEY"] = "google-ai-test-0123456789",
        };
        QrAiSettings
            .Read([new SettingsLayer("keys", keys), new SettingsLayer("sample", values)])
            .Llm.ShouldBeEquivalentTo(QrAiSettings.Read([new SettingsLayer("keys", keys)]).Llm);
    }

    [TestCase(".env.development")]
    [TestCase(".env.test")]
    public void Each_name_in_a_file_in_git_is_a_setting(string file) =>
        NamesIn(Assignment(), File.ReadAllText(Path.Combine(SourceFiles.Root, file)))
            .ShouldBeSubsetOf(SettingsThatAreRead());

    [TestCase(".env")]
    [TestCase(".env.production")]
    public void Files_that_may_hold_secrets_are_ignored_by_git(string file) =>
        File.ReadLines(Path.Combine(SourceFiles.Root, ".gitignore")).ShouldContain(file);

    /// <summary>The settings that the reader reads, and those that code reads from the environment directly.</summary>
    private static List<string> SettingsThatAreRead()
    {
        var names = SettingsResult.Of([]).Names.ToList();
        names.ShouldContain("DATABASE_URL");
        var elsewhere = SourceFiles
            .In("src")
            .SelectMany(file => NamesIn(EnvironmentVariable(), File.ReadAllText(file)));
        return [.. names.Union(elsewhere).Except(["PATH"])];
    }

    private static List<string> TableOfTheDocs()
    {
        var settings = File.ReadAllText(Path.Combine(SourceFiles.Root, "docs", "settings.md"));
        return
        [
            .. settings
                .Split("| setting |")[1]
                .Split("\n\n")[0]
                .Split('\n')
                .Skip(2)
                .SelectMany(row => NamesIn(QuotedName(), row.Split('|')[1])),
        ];
    }

    private static string Sample() => File.ReadAllText(Path.Combine(SourceFiles.Root, ".env.sample"));

    private static List<string> NamesIn(Regex pattern, string text) =>
        [.. pattern.Matches(text).Select(match => match.Groups["name"].Value)];

    /// <summary>A line of a settings file, which may be commented out.</summary>
    [GeneratedRegex("^(# )?(?<name>[A-Z][A-Z0-9_]*)=(?<value>.*)$", RegexOptions.Multiline)]
    private static partial Regex Assignment();

    [GeneratedRegex("GetEnvironmentVariable\\(\\s*\"(?<name>[^\"]+)\"")]
    private static partial Regex EnvironmentVariable();

    [GeneratedRegex("`(?<name>[A-Z0-9_]+)`")]
    private static partial Regex QuotedName();
}
