using System.Data.Common;
using System.Globalization;
using QrAi.Application.Checks;
using QrAi.Application.Errors;
using QrAi.Application.Migrations;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Checks that the database is reachable in time, is writable, and has or will get this program's schema.</summary>
internal sealed class DatabaseCheck(
    IDatabaseInspector inspector,
    IDatabaseMigrator migrator,
    DatabaseFaults faults,
    DatabaseOptions options,
    TimeProvider clock
) : IDeploymentCheck
{
    public string Name => CheckNames.Database;

    public bool IsConfigured => true;

    public async Task<CheckOutcome> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var inspection = await inspector
                .InspectAsync(cancellationToken)
                .WaitAsync(options.Timeout, clock, cancellationToken);
            if (inspection.Fault is { } fault)
                return Failed(fault) with { Facts = inspection.Facts };

            var migrations = await migrator
                .ListAsync(cancellationToken)
                .WaitAsync(options.Timeout, clock, cancellationToken);
            var missing = migrations.DescribePending() is null
                ? null
                : await inspector
                    .FindFaultAsync(willMigrate: true, cancellationToken)
                    .WaitAsync(options.Timeout, clock, cancellationToken);
            return Evaluate(inspection.Facts, migrations, missing);
        }
        catch (TimeoutException)
        {
            return Failed(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"It did not answer within {options.Timeout.TotalSeconds:0.#} s."
                ),
                DatabaseFaults.TimeoutAdvice
            );
        }
        catch (Exception exception) when (exception is DbException or DatabaseUnavailableException)
        {
            return Failed(faults.Explain(exception));
        }
    }

    /// <param name="inspected">The facts of the inspection.</param>
    /// <param name="migrations">The migrations.</param>
    /// <param name="missing">The fault that prevents this role from applying pending migrations; null if there is none.</param>
    private CheckOutcome Evaluate(
        IReadOnlyDictionary<string, string> inspected,
        IReadOnlyList<MigrationDto> migrations,
        DatabaseFault? missing
    )
    {
        var facts = new Dictionary<string, string>(inspected) { ["migrations"] = Count(migrations) };
        return Evaluate(migrations, missing, string.Join(", ", facts.Select(fact => $"{fact.Key} {fact.Value}"))) with
        {
            Facts = facts,
        };
    }

    private CheckOutcome Evaluate(IReadOnlyList<MigrationDto> migrations, DatabaseFault? missing, string facts)
    {
        try
        {
            MigrationPlan.ThrowIfNewer(migrations);
        }
        catch (SchemaNewerException exception)
        {
            return Failed(exception.Message, $"It has {facts}.");
        }

        return migrations.DescribePending() is { } pending && (missing is not null || !options.MigrateOnStart)
            ? Failed(
                missing is null ? pending : $"{pending} {missing.Problem}",
                missing?.Next ?? "Apply them with the verb migrate."
            )
            : CheckOutcome.Ok($"{options.Address}: {facts}");
    }

    private CheckOutcome Failed(DatabaseFault fault) => Failed(fault.Problem, fault.Next);

    private CheckOutcome Failed(string problem, string next) =>
        CheckOutcome.Failed($"{options.Address}: {problem}", next);

    private string Count(IReadOnlyList<MigrationDto> migrations)
    {
        var counts = Enum.GetValues<MigrationState>()
            .Select(state => (State: state, Count: migrations.Count(migration => migration.State == state)))
            .Where(one => one.Count > 0)
            .Select(one =>
                string.Create(CultureInfo.InvariantCulture, $"{one.Count} {one.State}").ToLowerInvariant()
                + (one.State == MigrationState.Pending && options.MigrateOnStart ? " (the start applies them)" : "")
            );
        return string.Join(" + ", counts);
    }
}
