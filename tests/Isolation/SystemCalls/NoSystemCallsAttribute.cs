using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace QrAi.Tests.Isolation.SystemCalls;

/// <summary>For an assembly whose tests touch nothing outside their own memory but temporary files.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class NoSystemCallsAttribute : Attribute, ITestAction
{
    /// <inheritdoc/>
    public ActionTargets Targets => ActionTargets.Suite;

    /// <inheritdoc/>
    public void BeforeTest(ITest test) => SystemCallGuard.Start();

    /// <summary>Nothing: <see cref="NoRealCallsAttribute"/> fails tests for whatever was refused.</summary>
    public void AfterTest(ITest test) { }
}
