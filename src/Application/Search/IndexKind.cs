namespace QrAi.Application.Search;

/// <summary>What a segment of the search index is about.</summary>
public enum IndexKind
{
    /// <summary>Passages of documents.</summary>
    Documents,

    /// <summary>Titles and messages of sessions.</summary>
    Sessions,
}
