using System.Globalization;

namespace QrAi.Application.Backups;

/// <summary>How backups are named: <c>qrai-20261123T030000Z</c>, after the second in which they were begun, in UTC.</summary>
public static class BackupId
{
    private const string Format = "'qrai-'yyyyMMdd'T'HHmmss'Z'";

    /// <summary>What a caller is told who names none.</summary>
    internal const string Rule = "must be the id of a backup, like qrai-20261123T030000Z";

    /// <summary>The name of a backup that begins at a time.</summary>
    /// <param name="time">When; fractions of a second are left out.</param>
    public static string At(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Whether a text is a name of that form. One that is has no path in it.</summary>
    /// <param name="text">The text.</param>
    public static bool IsValid(string? text) =>
        DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
