using FluentValidation;
using MediatR;
using Microsoft.Extensions.Logging;

namespace QrAi.Application.Checks;

/// <summary>Runs deployment checks. If the settings are invalid, only checks that need no settings are available.</summary>
/// <param name="Names">The names of the checks; empty for all that are configured.</param>
public sealed record RunChecks(IReadOnlyList<string> Names) : IRequest<IReadOnlyList<CheckResult>>;

/// <summary>The result of a check.</summary>
/// <param name="Name">One of <see cref="CheckNames"/>.</param>
/// <param name="Outcome">The outcome.</param>
public sealed record CheckResult(string Name, CheckOutcome Outcome);

internal sealed class RunChecksValidator : AbstractValidator<RunChecks>
{
    public RunChecksValidator() =>
        RuleForEach(request => request.Names)
            .Must(name => CheckNames.All.Contains(name))
            .OverridePropertyName("names")
            .WithMessage($"must be one of {string.Join(", ", CheckNames.All)}");
}

internal sealed class RunChecksHandler(IEnumerable<IDeploymentCheck> checks, ILogger<RunChecksHandler> logger)
    : IRequestHandler<RunChecks, IReadOnlyList<CheckResult>>
{
    /// <returns>The results in the order of <see cref="CheckNames.All"/>.</returns>
    public async Task<IReadOnlyList<CheckResult>> Handle(RunChecks request, CancellationToken cancellationToken)
    {
        // The checks wait for different resources, so they run concurrently.
        var results = await Task.WhenAll(checks.Select(check => RunAsync(check, cancellationToken)));
        return [.. results.OfType<CheckResult>().OrderBy(result => CheckNames.All.ToList().IndexOf(result.Name))];

        async Task<CheckResult?> RunAsync(IDeploymentCheck check, CancellationToken stop)
        {
            var isChosen = request.Names.Count == 0 ? check.IsConfigured : request.Names.Contains(check.Name);
            // With invalid settings the other results are not reliable, so a failure of that check is always reported.
            if (!isChosen && check.Name != CheckNames.Environment)
                return null;

            var result = new CheckResult(check.Name, await OutcomeOfAsync(check, stop));
            return isChosen || !result.Outcome.Passed ? result : null;
        }
    }

    private async Task<CheckOutcome> OutcomeOfAsync(IDeploymentCheck check, CancellationToken cancellationToken)
    {
        try
        {
            return await check.RunAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The results of the other checks are still needed.
            logger.LogError(exception, "The check {Check} failed unexpectedly", check.Name);
            return CheckOutcome.Failed(
                $"The check failed unexpectedly: {exception.GetType().Name}.",
                "See the log on standard error."
            );
        }
    }
}
