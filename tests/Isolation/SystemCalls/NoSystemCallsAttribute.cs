using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace QrAi.Tests.Isolation.SystemCalls;

/// <summary>Marks an assembly whose tests use nothing outside their own memory except temporary files.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class NoSystemCallsAttribute : Attribute, ITestAction
{
    /// <inheritdoc/>
    public ActionTargets Targets => ActionTargets.Suite;

    /// <inheritdoc/>
    public void BeforeTest(ITest test) => SystemCallGuard.Start();

    /// <summary>Does nothing: <see cref="NoRealCallsAttribute"/> fails the tests whose calls were refused.</summary>
    public void AfterTest(ITest test) { }
}
