namespace QrAi.WebApi.Commands;

/// <summary>Describes in a terminal where a passage stands.</summary>
internal static class PassagePlace
{
    /// <summary>Returns the title, the headings and the page.</summary>
    /// <param name="title">The title of the document.</param>
    /// <param name="heading">The headings above the passage; null for none.</param>
    /// <param name="page">The page on which it begins; null for a document without pages.</param>
    public static string Of(string title, string? heading, int? page)
    {
        string?[] place = [title, heading, page is { } number ? $"page {number}" : null];
        return string.Join(", ", place.Where(part => part is not null));
    }
}
