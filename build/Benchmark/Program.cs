using QrAi.Benchmark;
using QrAi.Harness;

const string Usage = """
    QrAi.Benchmark provider PORT
        an OpenAI-compatible provider that answers at once, for measuring its clients
    QrAi.Benchmark baseline PORT PROVIDER_URL CONNECTION_STRING
        the minimum for a program with a history in PostgreSQL: bare Kestrel, raw Npgsql
    QrAi.Benchmark durable PORT PROVIDER_URL CONNECTION_STRING
        the same with the guarantees of QrAi: it stores the question before it asks, and the answer after it
    QrAi.Benchmark port
        a free port on 127.0.0.1
    QrAi.Benchmark run [--quick] [--sizes] [--only baseline,durable,qrai] [--seconds N] [--qrai PROGRAM]
                       --postgres HOST:PORT --password PASSWORD --work DIRECTORY
        starts them, measures, prints a Markdown table; a database with the name of each has to exist

    build/benchmark.sh does everything.
    """;

switch (args)
{
    case ["provider", var port]:
        await Provider.RunAsync(Text.Number(port));
        return 0;
    case [Target.Baseline, var port, var provider, var database]:
        await Baseline.RunAsync(Text.Number(port), new Uri(provider), database, LateTurns.Create);
        return 0;
    case [Target.Durable, var port, var provider, var database]:
        await Baseline.RunAsync(Text.Number(port), new Uri(provider), database, DurableTurns.Create);
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
