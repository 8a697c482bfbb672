using FluentValidation;

namespace QrAi.Application.Paging;

/// <summary>Shared rules and conversions of lists.</summary>
internal static class PageRules
{
    /// <summary>Requires a page limit, 1–100.</summary>
    public static IRuleBuilderOptions<T, int> PageLimit<T>(this IRuleBuilder<T, int> rule) =>
        rule.InclusiveBetween(1, PageLimits.Max).WithMessage($"must be a whole number from 1 to {PageLimits.Max}");

    /// <summary>Creates a page.</summary>
    /// <param name="items">The items, one more than the limit if there is a next page.</param>
    /// <param name="limit">The maximum number of items of a page.</param>
    /// <param name="cursorOf">Returns the cursor of an item and its index, from 0.</param>
    public static Page<T> ToPage<T>(this List<T> items, int limit, Func<T, int, string> cursorOf)
    {
        var more = items.Count > limit;
        if (more)
            items.RemoveRange(limit, items.Count - limit);
        return new Page<T>(items, more ? CursorOf(limit - 1) : null, CursorOf);

        string CursorOf(int index) => cursorOf(items[index], index);
    }
}
