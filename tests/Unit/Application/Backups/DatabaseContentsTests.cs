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
    public void The_order_of_tables_makes_no_difference() =>
        Expected.FirstDifferenceTo(new DatabaseContents("2_Two", [Sessions, Messages])).ShouldBeNull();

    [Test]
    public void A_missing_table_is_named() =>
        Expected.FirstDifferenceTo(new("2_Two", [Messages])).ShouldBe("Table public.sessions is missing.");

    [Test]
    public void An_additional_table_is_named() =>
        Expected
            .FirstDifferenceTo(new("2_Two", [Messages, Sessions, new("public.z", 0, "0"), new("public.x", 0, "0")]))
            .ShouldBe("Table public.x is not in the manifest.");

    [Test]
    public void A_table_may_be_excluded_from_a_comparison() =>
        Expected
            .Without("sessions")
            .FirstDifferenceTo(
                new DatabaseContents("2_Two", [Messages, new("public.sessions", 9, "cc")]).Without("sessions")
            )
            .ShouldBeNull();

    [Test]
    public void A_missing_row_is_reported_with_both_numbers() =>
        Expected
            .FirstDifferenceTo(new("2_Two", [Messages with { Rows = 9, Hash = "cc" }, Sessions]))
            .ShouldBe("Table public.messages has 9 rows; expected 10.");

    [Test]
    public void A_different_content_with_as_many_rows_is_detected() =>
        Expected
            .FirstDifferenceTo(new("2_Two", [Messages, Sessions with { Hash = "cc" }]))
            .ShouldBe("The content of table public.sessions differs: hash cc, expected bb.");

    [TestCase("1_One", "The last migration is 1_One; expected 2_Two.")]
    [TestCase(null, "The last migration is none; expected 2_Two.")]
    public void A_different_migration_is_detected(string? migration, string difference) =>
        Expected.FirstDifferenceTo(Expected with { LastMigration = migration }).ShouldBe(difference);
}
