using System.Collections.Concurrent;
using NUnit.Framework;
using NUnit.Framework.Internal;

namespace QrAi.Tests.Isolation;

/// <summary>What tests tried to touch and were refused, by test.</summary>
public static class Violations
{
    /// <summary>How a program that tests started begins a line about what it was refused.</summary>
    public const string Marker = "REFUSED BY THE TESTS' GUARD:";

    private const string NoTest = "no test";

    private static readonly ConcurrentQueue<(string Test, string What)> _all = new();

    /// <summary>Notes one of the running test.</summary>
    /// <param name="what">What was refused, for instance <c>a connection to example.com</c>.</param>
    public static void Add(string what) => _all.Enqueue((Current, what));

    /// <summary>Takes those of the running test: it will not fail for them.</summary>
    public static IReadOnlyList<string> Take() => Take(Current);

    /// <summary>Takes those of a test.</summary>
    internal static List<string> Take(string test)
    {
        var (taken, count) = (new List<string>(), _all.Count);
        // Once round the queue: what is another's goes to its end.
        for (var i = 0; i < count && _all.TryDequeue(out var one); i++)
            if (one.Test == test)
                taken.Add(one.What);
            else
                _all.Enqueue(one);
        return taken;
    }

    /// <summary>Takes what is left when all tests have ended.</summary>
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
