using System.Globalization;

namespace QrAi.Application.Backups;

/// <summary>The ids of backups, such as <c>qrai-20261123T030000Z</c>: the time at which a backup began, in UTC.</summary>
public static class BackupId
{
    private const string Format = "'qrai-'yyyyMMdd'T'HHmmss'Z'";

    /// <summary>The validation message for a text that is not an id.</summary>
    internal const string Rule = "must be the id of a backup, like qrai-20261123T030000Z";

    /// <summary>Returns the id of a backup that begins at a time.</summary>
    /// <param name="time">The time; fractions of a second are discarded.</param>
    public static string At(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Whether a text has the format of an id. A valid id contains no path.</summary>
    /// <param name="text">The text.</param>
    public static bool IsValid(string? text) =>
        DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}
