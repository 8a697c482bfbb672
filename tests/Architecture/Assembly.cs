[assembly: Category("Architecture")]
[assembly: Parallelizable(ParallelScope.All)]
