/// <summary>Outside all namespaces, so that it runs once, before and after all tests.</summary>
[SetUpFixture]
#pragma warning disable CA1050 // a namespace would limit it to that namespace
public sealed class SharedSetup
#pragma warning restore CA1050
{
    [OneTimeSetUp]
    public Task Publish() => TestRun.StartAsync();

    [OneTimeTearDown]
    public async Task Clean()
    {
        if (TestRun.Current is { } run)
            await run.DisposeAsync();
    }
}
