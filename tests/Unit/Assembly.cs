[assembly: Parallelizable(ParallelScope.All)]
[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[assembly: QrAi.Tests.Isolation.SystemCalls.NoSystemCalls]
