// They measure times, and processes want the machine for themselves.
[assembly: NonParallelizable]
