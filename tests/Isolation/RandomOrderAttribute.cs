using System.Globalization;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace QrAi.Tests.Isolation;

/// <summary>
/// Runs the tests of an assembly in a random order if <c>QRAI_TEST_ORDER</c> is set. Its number is the seed: the same
/// number gives the same order.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class RandomOrderAttribute : Attribute, IApplyToTest
{
    /// <inheritdoc/>
    public void ApplyToTest(Test test)
    {
        var seed = Environment.GetEnvironmentVariable("QRAI_TEST_ORDER");
        if (string.IsNullOrEmpty(seed))
            return;
#pragma warning disable CA5394 // the order has to be reproducible, not secret
        Shuffle(test, new Random(int.Parse(seed, CultureInfo.InvariantCulture)));
#pragma warning restore CA5394
    }

    private static void Shuffle(ITest test, Random random)
    {
        foreach (var child in test.Tests)
        {
            child.Properties.Set(PropertyNames.Order, random.Next());
            Shuffle(child, random);
        }
    }
}
