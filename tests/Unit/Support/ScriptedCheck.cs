using QrAi.Application.Checks;

namespace QrAi.Tests.Unit.Support;

/// <summary>A check with an outcome that a test sets.</summary>
internal sealed class ScriptedCheck(string name, Func<CheckOutcome> find, bool isConfigured = true) : IDeploymentCheck
{
    public string Name => name;

    public bool IsConfigured => isConfigured;

    public int Runs { get; private set; }

    public Task<CheckOutcome> RunAsync(CancellationToken cancellationToken)
    {
        Runs++;
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(find());
    }

    public static ScriptedCheck Ok(string name, bool isConfigured = true) =>
        new(name, () => CheckOutcome.Ok($"{name} is well."), isConfigured);

    public static ScriptedCheck Failed(string name) =>
        new(name, () => CheckOutcome.Failed($"{name} is ill.", "See a doctor."));
}
