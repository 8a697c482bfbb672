using FluentValidation;
using MediatR;
using Microsoft.Extensions.Logging;

namespace QrAi.Application.Checks;

/// <summary>Checks what the service needs. With settings that cannot be used, only what needs none is checked.</summary>
/// <param name="Names">Which checks; none means those of all that is configured.</param>
public sealed record RunChecks(IReadOnlyList<string> Names) : IRequest<IReadOnlyList<CheckResult>>;

/// <summary>A check and what it found.</summary>
/// <param name="Name">One of <see cref="CheckNames"/>.</param>
/// <param name="Outcome">What it found.</param>
public sealed record CheckResult(string Name, CheckOutcome Outcome);

internal sealed class RunChecksValidator : AbstractValidator<RunChecks>
{
    public RunChecksValidator() =>
        RuleForEach(request => request.Names)
            .Must(name => CheckNames.All.Contains(name))
            .OverridePropertyName("names")
            .WithMessage($"must be of {string.Join(", ", CheckNames.All)}");
}

internal sealed class RunChecksHandler(IEnumerable<IDeploymentCheck> checks, ILogger<RunChecksHandler> logger)
    : IRequestHandler<RunChecks, IReadOnlyList<CheckResult>>
{
    /// <returns>The results in the order of <see cref="CheckNames.All"/>.</returns>
    public async Task<IReadOnlyList<CheckResult>> Handle(RunChecks request, CancellationToken cancellationToken)
    {
        // They wait for different things, and do so at once.
        var results = await Task.WhenAll(checks.Select(check => RunAsync(check, cancellationToken)));
        return [.. results.OfType<CheckResult>().OrderBy(result => CheckNames.All.ToList().IndexOf(result.Name))];

        async Task<CheckResult?> RunAsync(IDeploymentCheck check, CancellationToken stop)
        {
            var isChosen = request.Names.Count == 0 ? check.IsConfigured : request.Names.Contains(check.Name);
            // Nobody can rely on what else is found where the settings cannot be used.
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
            // The others' findings are needed all the more.
            logger.LogError(exception, "The check of {Check} failed in a way that nobody foresaw", check.Name);
            return CheckOutcome.Failed(
                $"It failed in a way that nobody foresaw: {exception.GetType().Name}.",
                "The log on standard error knows more."
            );
        }
    }
}
