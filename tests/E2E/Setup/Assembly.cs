// Each test has programs, folders and databases of its own. Two for each of two processors: many tests wait for a time limit.
[assembly: Parallelizable(ParallelScope.All)]
[assembly: LevelOfParallelism(4)]
