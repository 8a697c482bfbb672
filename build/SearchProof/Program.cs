using System.Runtime.InteropServices;
using QrAi.Harness;
using QrAi.SearchProof;

const string Usage = """
    QrAi.SearchProof port
        a free port on 127.0.0.1
    QrAi.SearchProof run --qrai PROGRAM --postgres HOST:PORT --password PASSWORD --work DIRECTORY --data DIRECTORY
        [--fill N] [--only postgres|sqlite] [--dimension N]
        adds the passages as documents, asks the questions, and measures what is found
    QrAi.SearchProof run --qrai PROGRAM --postgres HOST:PORT --password PASSWORD --work DIRECTORY --sessions N
        measures searches among sessions in PostgreSQL

    build/prove-search.sh does everything.
    """;

switch (args)
{
    case ["port"]:
        Console.WriteLine(Server.FreePort());
        return 0;
    case ["run", .. var rest] when Options.TryParse(rest, out var options):
        using (var ended = new CancellationTokenSource())
        {
            void End(PosixSignalContext signal)
            {
                signal.Cancel = true;
                ended.Cancel();
            }
            using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
            using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
            return options.Sessions > 0
                ? await SessionProof.Run(options, ended.Token)
                : await Proof.Run(options, ended.Token);
        }
    default:
        await Console.Error.WriteLineAsync(Usage);
        return 2;
}
