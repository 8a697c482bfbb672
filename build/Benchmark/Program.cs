using QrAi.Benchmark;

const string Usage = """
    QrAi.Benchmark provider PORT
        an OpenAI-compatible provider that answers at once, for measuring what stands before it
    QrAi.Benchmark baseline PORT PROVIDER_URL CONNECTION_STRING
        the least a program with a history in PostgreSQL has to do: bare Kestrel, raw Npgsql
    QrAi.Benchmark port
        a free port on 127.0.0.1
    QrAi.Benchmark run [--quick] [--only baseline,qrai] [--seconds N] [--qrai PROGRAM]
                       --postgres HOST:PORT --password PASSWORD --work DIRECTORY
        starts them, measures, prints a Markdown table; databases "baseline" and "qrai" have to exist

    build/benchmark.sh does everything.
    """;

switch (args)
{
    case ["provider", var port]:
        await Provider.RunAsync(Text.Number(port));
        return 0;
    case ["baseline", var port, var provider, var database]:
        await Baseline.RunAsync(Text.Number(port), new Uri(provider), database);
        return 0;
    case ["port"]:
        Console.WriteLine(Server.FreePort());
        return 0;
    case ["run", .. var rest] when Plan.TryParse(rest, out var plan):
        return await Measurement.RunAsync(plan);
    default:
        await Console.Error.WriteLineAsync(Usage);
        return 2;
}
