using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace QrAi.Tests.Isolation;

/// <summary>
/// Fails every test that attempts a connection to another machine, even if the code ignores the refusal. An attempt
/// outside any test fails the run.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class NoRealCallsAttribute : Attribute, ITestAction
{
    private static readonly ConnectionGuard _guard = ConnectionGuard.Start(Violations.Add);

    /// <inheritdoc/>
    public ActionTargets Targets => ActionTargets.Test | ActionTargets.Suite;

    /// <inheritdoc/>
    public void BeforeTest(ITest test) => GC.KeepAlive(_guard);

    /// <inheritdoc/>
    /// <exception cref="AssertionException">A connection or a system call was refused.</exception>
    public void AfterTest(ITest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        var refused = test.IsSuite ? Violations.TakeAll() : Violations.Take(test.Id);
        if (refused.Count > 0)
            throw new AssertionException($"It wanted {string.Join(", ", refused)}.");
    }
}
