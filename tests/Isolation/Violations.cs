using System.Collections.Concurrent;
using NUnit.Framework;
using NUnit.Framework.Internal;

namespace QrAi.Tests.Isolation;

/// <summary>The accesses that tests attempted and that were refused, by test.</summary>
public static class Violations
{
    /// <summary>The prefix of a line in which a program started by tests reports a refusal.</summary>
    public const string Marker = "REFUSED BY THE TESTS' GUARD:";

    private const string NoTest = "no test";

    private static readonly ConcurrentQueue<(string Test, string What)> _all = new();

    /// <summary>Records a violation of the running test.</summary>
    /// <param name="what">What was refused, for instance <c>a connection to example.com</c>.</param>
    public static void Add(string what) => _all.Enqueue((Current, what));

    /// <summary>Removes and returns those of the running test, which does not fail because of them.</summary>
    public static IReadOnlyList<string> Take() => Take(Current);

    /// <summary>Removes and returns those of a test.</summary>
    internal static List<string> Take(string test)
    {
        var (taken, count) = (new List<string>(), _all.Count);
        // One pass over the queue: violations of other tests return to its end.
        for (var i = 0; i < count && _all.TryDequeue(out var one); i++)
            if (one.Test == test)
                taken.Add(one.What);
            else
                _all.Enqueue(one);
        return taken;
    }

    /// <summary>Removes and returns the remaining ones after all tests.</summary>
    internal static List<string> TakeAll()
    {
        var taken = new List<string>();
        while (_all.TryDequeue(out var one))
            taken.Add(one.What);
        return taken;
    }

    private static string Current =>
        TestExecutionContext.CurrentContext is TestExecutionContext.AdhocContext
            ? NoTest
            : TestContext.CurrentContext.Test.ID;
}
