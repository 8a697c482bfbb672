using QrAi.Tests.Fixtures.Sessions;

namespace QrAi.Tests.Fixtures;

/// <summary>Starts test data: <c>A.Session().Titled("Japan").Answered("Capital?", "Tokyo.")</c>.</summary>
public static class A
{
    /// <summary>A session without messages, opened at <see cref="Testing.TestClock.Noon"/>.</summary>
    public static SessionBuilder Session() => new();
}
