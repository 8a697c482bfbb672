using QrAi.Application.Citations;

namespace QrAi.Tests.Unit.Application.Citations;

public sealed class MarkerFilterTests
{
    [TestCase("Apply three days before [1].", "Apply three days before [1].")]
    [TestCase("三日前まで[1][3]。", "三日前まで[1][3]。")]
    [TestCase("Both [1, 3] and [1,2].", "Both [1][3] and [1][2].")]
    [TestCase("三日前まで【２】、または［3］。", "三日前まで[2]、または[3]。")]
    [TestCase("All [1-3].", "All [1][2][3].")]
    [TestCase("A footnote[^2].", "A footnote[2].")]
    [TestCase("[1] begins, and it ends [2]", "[1] begins, and it ends [2]")]
    public void A_marker_of_a_passage_is_written_as_its_number_in_brackets(string text, string expected) =>
        Check(text).ShouldBe(expected);

    [TestCase("Made up [4].", "Made up.")]
    [TestCase("作り話[9]です。", "作り話です。")]
    [TestCase("Partly [2, 7].", "Partly [2].")]
    [TestCase("None [0] of these [99] exist [123]", "None of these exist")]
    [TestCase("Also 【12】 and ［４］.", "Also and.")]
    [TestCase("[5]", "")]
    [TestCase("A [4] b", "A b")]
    [TestCase("[[7]]", "[]")]
    public void A_marker_of_no_passage_is_removed_with_the_spaces_before_it(string text, string expected) =>
        Check(text).ShouldBe(expected);

    [TestCase("- [ ] open\n- [x] done")]
    [TestCase("In [2024] and [1999].")]
    [TestCase("A [link](https://example.com) and an [image].")]
    [TestCase("The interval [0, 1] and [0.5].")]
    [TestCase("An open bracket [1")]
    [TestCase("An open bracket [")]
    [TestCase("Thousands [3,000] of them")]
    [TestCase("Ends with a space ")]
    [TestCase("Empty [] and [-1] and [,]")]
    public void Other_text_in_brackets_is_not_changed(string text) => Check(text).ShouldBe(text);

    [TestCase("Use `items[9]` here.")]
    [TestCase("Use ``a`[9]`` here.")]
    [TestCase("```csharp\nvar last = items[9];\n```\nDone.")]
    [TestCase("~~~\nitems[9]\n```\nitems[8]\n~~~\n")]
    [TestCase("1. As follows:\n   ````\n   items[9]\n   ```\n   items[8]\n   ````\n")]
    [TestCase("```\nitems[9]")]
    public void Code_is_not_changed(string text) => Check(text).ShouldBe(text);

    [Test]
    public void Text_after_code_is_checked_again()
    {
        Check("`a[9]` [9].\n```\na[9]\n```\nb [9].").ShouldBe("`a[9]`.\n```\na[9]\n```\nb.");
        Check("A `quote [9].\nNext `line`[9].").ShouldBe("A `quote.\nNext `line`.");
        Check("A `" + new string('x', 300) + " [9]` b").ShouldBe("A `" + new string('x', 300) + "` b");
    }

    [Test]
    public void The_result_does_not_depend_on_the_pieces_in_which_a_text_arrives()
    {
        const string text =
            "A [1], b[9], 三日前[1，３]。 `x[9]` [0]\n```\ny[9]\n``\n```\n  ~~~\nz[8]\n~~~ \n [2-3] [4-9]. ``q`` 【7】[[3]] `open [5]";
        var expected = Check(text);
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var filter = new MarkerFilter(3);
            var written = "";
            for (var position = 0; position < text.Length; )
            {
                var length = Math.Min(random.Next(1, 6), text.Length - position);
                written += filter.Append(text.Substring(position, length));
                position += length;
            }

            (written + filter.Flush()).ShouldBe(expected);
        }

        expected.ShouldBe(
            "A [1], b, 三日前[1][3]。 `x[9]`\n```\ny[9]\n``\n```\n  ~~~\nz[8]\n~~~ \n [2][3]. ``q``[[3]] `open"
        );
    }

    [Test]
    public void Text_is_held_back_only_while_it_may_become_a_marker_or_code()
    {
        var filter = new MarkerFilter(3);

        filter.Append("It is so").ShouldBe("It is so");
        filter.Append(" [").ShouldBeEmpty();
        filter.Append("1").ShouldBeEmpty();
        filter.Append("], and").ShouldBe(" [1], and");
        filter.Append(" [not").ShouldBe(" [not");
        filter.Append(" a marker").ShouldBe(" a marker");
        filter.Flush().ShouldBeEmpty();
    }

    [Test]
    public void A_text_without_markers_is_passed_on_without_a_copy()
    {
        var piece = new string('x', 3) + " and more";

        new MarkerFilter(3).Append(piece).ShouldBeSameAs(piece);
    }

    [Test]
    public void The_markers_have_their_places_in_the_checked_text()
    {
        const string text = "A [9] b [2], c[1, 2].";
        var filter = new MarkerFilter(2);

        var written = filter.Check(text);

        written.ShouldBe("A b [2], c[1][2].");
        filter
            .Markers.Select(marker => (marker.Number, written[marker.Start..marker.End]))
            .ShouldBe([(2, "[2]"), (1, "[1]"), (2, "[2]")]);
    }

    private static string Check(string text) => new MarkerFilter(3).Check(text);
}
