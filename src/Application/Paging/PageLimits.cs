namespace QrAi.Application.Paging;

/// <summary>The limits of the number of items on a page.</summary>
public static class PageLimits
{
    /// <summary>The default number of items.</summary>
    public const int Default = 20;

    /// <summary>The maximum number of items.</summary>
    public const int Max = 100;
}
