namespace QrAi.Application.Paging;

/// <summary>How long a page is.</summary>
public static class PageLimits
{
    /// <summary>Items of a page if the caller does not say.</summary>
    public const int Default = 20;

    /// <summary>The most items of a page.</summary>
    public const int Max = 100;
}
