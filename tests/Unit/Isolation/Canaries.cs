namespace QrAi.Tests.Unit.Isolation;

/// <summary>Tests that violate the isolation on purpose. build/prove-isolation.sh checks that they fail.</summary>
[Explicit("They fail.")]
public sealed class Canaries
{
    [Test]
    public void A_canary_that_reads_a_file_fails_even_if_it_swallows_the_refusal() =>
        Should.Throw<UnauthorizedAccessException>(() => File.ReadAllText("/etc/passwd"));
}
