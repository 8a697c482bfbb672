using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E;

public sealed class MemoryTests : ProgramTests
{
    private const int Warm = 500;
    private const int All = 2_000;
    private const int Callers = 8;

    // 1,500 answers of 32,768 characters take 94 MiB, so a leak of each answer exceeds the limit. The garbage collector
    // may use some more memory while it is available.
    private const double MaxGrowth = 70;
    private static readonly string[] _answer = [.. Enumerable.Repeat(new string('a', 1_024), 32)];

    [Test]
    [Platform(Include = "Linux", Reason = "It reads /proc.")]
    public async Task Memory_does_not_grow_with_the_number_of_questions()
    {
        var provider = await StartProviderAsync();
        provider.Default = Reply.Answer(_answer);
        var workplace = await new Workplace().WithOpenRouter(provider).WithAsync(Database.Postgres);
        var program = await StartAsync(workplace);

        await AskAsync(program, Warm);
        var warm = program.ResidentMemory;
        await AskAsync(program, All - Warm);
        var end = program.ResidentMemory;

        await TestContext.Out.WriteLineAsync($"{warm:0} MiB after {Warm} questions, {end:0} MiB after {All}");
        end.ShouldBeLessThan(warm + MaxGrowth);
    }

    private static async Task AskAsync(QrAiProcess program, int count) =>
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = Callers },
            async (number, _) => await program.Http.AskAsync($"Question {number}")
        );
}
