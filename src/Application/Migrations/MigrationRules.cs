using FluentValidation;

namespace QrAi.Application.Migrations;

/// <summary>Rules that the requests about migrations share.</summary>
internal static class MigrationRules
{
    /// <summary>A name, or none; which names there are only the program's migrations tell.</summary>
    public static void MigrationName<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(name => name is null || name.Trim().Length > 0).WithMessage("must name a migration");
}
