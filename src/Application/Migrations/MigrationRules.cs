using FluentValidation;

namespace QrAi.Application.Migrations;

/// <summary>Shared rules of the requests for migrations.</summary>
internal static class MigrationRules
{
    /// <summary>Requires null or a name that is not blank. The migrator checks whether the migration exists.</summary>
    public static void MigrationName<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(name => name is null || name.Trim().Length > 0).WithMessage("must be the name of a migration");
}
