using QrAi.WebApp.Api;

namespace QrAi.WebApp.Text;

/// <summary>Describes where in a document something stands.</summary>
public static class Places
{
    /// <summary>Describes the place of a citation: title, headings, page.</summary>
    public static string Of(Citation citation) => Of(citation.Title, citation.Heading, citation.Page);

    /// <summary>Describes the place of a passage: headings, page and number.</summary>
    public static string Of(Passage passage) =>
        Of(
            passage.Heading,
            passage.Page is { } page ? Texts.Of("Page", page) : null,
            Texts.Of("PassageNumber", passage.Number)
        );

    private static string Of(string title, string? heading, int? page) =>
        // The outermost heading is often the title.
        Of(
            heading is not null && heading.StartsWith(title, StringComparison.Ordinal) ? heading : title,
            heading is not null && heading.StartsWith(title, StringComparison.Ordinal) ? null : heading,
            page is { } number ? Texts.Of("Page", number) : null
        );

    private static string Of(params string?[] parts) =>
        string.Join(" · ", parts.Where(part => !string.IsNullOrEmpty(part)));
}
