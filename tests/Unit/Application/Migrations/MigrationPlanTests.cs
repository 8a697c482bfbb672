using QrAi.Application.Errors;
using QrAi.Application.Migrations;

namespace QrAi.Tests.Unit.Application.Migrations;

public sealed class MigrationPlanTests
{
    [TestCase("AAP", null, "+c")]
    [TestCase("PPP", null, "+a +b +c")]
    [TestCase("AAA", null, "")]
    [TestCase("AAA", "0", "-c -b -a")]
    [TestCase("APP", "b", "+b")]
    [TestCase("AAA", "1_a", "-c -b")]
    [TestCase("AAA", "A", "-c -b")]
    [TestCase("PPP", "0", "")]
    [TestCase("APA", null, "+b", Description = "made elsewhere, and merged later than its successor")]
    [TestCase("PAA", "b", "-c +a")]
    public void A_plan_reverts_first_and_applies_then(string states, string? target, string steps) =>
        string.Join(
                ' ',
                MigrationPlan
                    .Steps(Migrations(states), target)
                    .Select(step => (step.Direction == MigrationDirection.Up ? "+" : "-") + step.Migration[2..])
            )
            .ShouldBe(steps);

    [Test]
    public void An_unknown_name_is_rejected_with_the_known_names()
    {
        var rejected = Should.Throw<InvalidRequestException>(() => MigrationPlan.Steps(Migrations("AP"), "z"));

        rejected.Errors["to"].ShouldBe(["must be 0 or one of 1_a, 2_b"]);
    }

    [TestCase(null)]
    [TestCase("0")]
    public void A_newer_database_is_not_changed(string? target) =>
        Should
            .Throw<SchemaNewerException>(() => MigrationPlan.Steps(Migrations("AUU"), target))
            .Message.ShouldContain("2_b, 3_c");

    [Test]
    public void Pending_migrations_are_named()
    {
        Migrations("APP").DescribePending().ShouldBe("Migrations are pending: 2_b, 3_c.");
        Migrations("AA").DescribePending().ShouldBeNull();
    }

    private static List<MigrationDto> Migrations(string states) =>
        [
            .. states.Select(
                (state, number) =>
                    new MigrationDto(
                        $"{number + 1}_{(char)('a' + number)}",
                        state switch
                        {
                            'A' => MigrationState.Applied,
                            'P' => MigrationState.Pending,
                            _ => MigrationState.Unknown,
                        }
                    )
            ),
        ];
}
