using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Application.Backups;

public sealed class DatabaseContentsTests
{
    private static readonly TableContents Messages = new("public.messages", 10, "aa");
    private static readonly TableContents Sessions = new("public.sessions", 2, "bb");
    private static readonly DatabaseContents Expected = new("2_Two", [Messages, Sessions]);

    [Test]
    public void The_rows_of_all_tables_are_counted() => Expected.Rows.ShouldBe(12);

    [Test]
    public void The_same_in_any_order_is_no_difference() =>
        Expected.FirstDifferenceTo(new DatabaseContents("2_Two", [Sessions, Messages])).ShouldBeNull();

    [Test]
    public void A_missing_table_is_named() =>
        Expected.FirstDifferenceTo(new("2_Two", [Messages])).ShouldBe("Table public.sessions is missing.");

    [Test]
    public void A_table_too_many_is_named() =>
        Expected
            .FirstDifferenceTo(new("2_Two", [Messages, Sessions, new("public.z", 0, "0"), new("public.x", 0, "0")]))
            .ShouldBe("Table public.x is not in the manifest.");

    [Test]
    public void A_table_may_be_left_out_of_a_comparison() =>
        Expected
            .Without("sessions")
            .FirstDifferenceTo(
                new DatabaseContents("2_Two", [Messages, new("public.sessions", 9, "cc")]).Without("sessions")
            )
            .ShouldBeNull();

    [Test]
    public void A_row_too_few_is_told_with_both_numbers() =>
        Expected
            .FirstDifferenceTo(new("2_Two", [Messages with { Rows = 9, Hash = "cc" }, Sessions]))
            .ShouldBe("Table public.messages has 9 rows; expected 10.");

    [Test]
    public void Another_content_with_as_many_rows_is_seen() =>
        Expected
            .FirstDifferenceTo(new("2_Two", [Messages, Sessions with { Hash = "cc" }]))
            .ShouldBe("The content of table public.sessions differs: hash cc, expected bb.");

    [TestCase("1_One", "The last migration is 1_One; expected 2_Two.")]
    [TestCase(null, "The last migration is none; expected 2_Two.")]
    public void Another_migration_is_seen(string? migration, string difference) =>
        Expected.FirstDifferenceTo(Expected with { LastMigration = migration }).ShouldBe(difference);
}
