using QrAi.Infrastructure.Settings;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

/// <summary>Reads the settings of a test.</summary>
internal static class Reading
{
    public static QrAiSettings Read(params (string Name, string Value)[] settings) =>
        QrAiSettings.Read([Layer("environment", settings)]);

    /// <summary>Reads settings in production, where a database is required.</summary>
    public static QrAiSettings ReadInProduction(params (string Name, string Value)[] settings) =>
        Read([("ENVIRONMENT", "production"), ("DATABASE_URL", "postgresql://qrai:pw@db/qrai"), .. settings]);

    /// <summary>Returns the lines that a start with these settings prints.</summary>
    public static string[] Problems(params (string Name, string Value)[] settings) =>
        [
            .. Should
                .Throw<InvalidSettingsException>(() => Read(settings))
                .Problems.Select(problem => problem.ToString()),
        ];

    public static SettingsLayer Layer(string name, params (string Name, string Value)[] settings) =>
        new(name, settings.ToDictionary(setting => setting.Name, setting => setting.Value));
}
