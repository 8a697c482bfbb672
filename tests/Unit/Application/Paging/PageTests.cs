using System.Globalization;
using QrAi.Application.Paging;

namespace QrAi.Tests.Unit.Application.Paging;

public sealed class PageTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3)]
    public void A_last_page_has_no_next(int count)
    {
        var page = Enumerable.Range(1, count).ToList().ToPage(3, (_, _) => throw new InvalidOperationException());

        page.Items.ShouldBe(Enumerable.Range(1, count));
        page.NextCursor.ShouldBeNull();
    }

    [Test]
    public void A_page_with_a_next_one_continues_after_its_last_item()
    {
        var page = Enumerable.Range(1, 4).ToList().ToPage(3, (item, _) => Text(item));

        page.Items.ShouldBe([1, 2, 3]);
        page.NextCursor.ShouldBe("3");
    }

    [Test]
    public void The_cursor_of_an_item_is_derived_from_the_item_or_its_index()
    {
        List<int> items = [10, 20];

        items.ToPage(3, (item, _) => Text(item)).CursorOf(1).ShouldBe("20");
        items.ToPage(3, (_, index) => Text(index)).CursorOf(1).ShouldBe("1");
    }

    [Test]
    public void A_page_that_was_created_without_cursors_has_none() =>
        Should.Throw<InvalidOperationException>(() => new Page<int>([1], null).CursorOf(0));

    [Test]
    public void A_page_has_20_items_by_default() => PageLimits.Default.ShouldBe(20);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
