namespace QrAi.Tests.Unit.Isolation;

/// <summary>They do on purpose what no test may, and must fail; build/prove-isolation.sh sees to it that they do.</summary>
[Explicit("They fail.")]
public sealed class Canaries
{
    [Test]
    public void A_canary_that_reads_a_file_fails_even_if_it_swallows_the_refusal() =>
        Should.Throw<UnauthorizedAccessException>(() => File.ReadAllText("/etc/passwd"));
}
