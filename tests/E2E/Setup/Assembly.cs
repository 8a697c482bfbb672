// Each test has its own programs, folders and databases. Two tests per processor, because many wait for time limits.
[assembly: Parallelizable(ParallelScope.All)]
[assembly: LevelOfParallelism(4)]
