using System.Collections.Concurrent;
using System.Diagnostics;
using QrAi.Harness;

namespace QrAi.SearchProof;

/// <summary>Adds the passages to a service, and measures what its search finds and how long it takes.</summary>
internal static class Proof
{
    private const string Database = "search";
    private const int Writers = 8;
    private const int FirstTokens = 300;

    public static async Task<int> Run(Options options, CancellationToken cancellation)
    {
        var corpus = Corpus.Read(options.Data);
        corpus = corpus.FillTo(Math.Max(options.Fill, corpus.Passages.Count));
        Console.WriteLine(Text.Of($"{corpus.Passages.Count} passages, {corpus.Questions.Count} questions"));
        if (options.Only is "" or "postgres")
        {
            await options.Postgres.Create(Database, cancellation);
            await Measure("PostgreSQL", options.Postgres.Url(Database), options, corpus, cancellation);
            await PrintSizes(options, corpus.Passages.Count, cancellation);
        }
        if (options.Only is "" or "sqlite")
            await Measure(
                "SQLite",
                $"sqlite://{Path.Combine(options.Work, "search.db")}",
                options,
                corpus,
                cancellation
            );
        return 0;
    }

    private static async Task Measure(
        string name,
        string url,
        Options options,
        Corpus corpus,
        CancellationToken cancellation
    )
    {
        await using var embedder = options.Dimension == 0 ? null : await Embedder.Start(options.Dimension);
        var settings = QrAiProgram.Settings(url, new Uri("http://127.0.0.1:9"));
        if (embedder is not null)
            (settings["EMBEDDING_PROVIDER"], settings["EMBEDDING_MODEL"], settings["PROOF_BASE_URL"]) = (
                "proof",
                "pairs",
                embedder.Address.AbsoluteUri
            );
        settings["LLM_PROVIDERS"] = "offline";
        var program = new QrAiProgram(options.QrAi, options.Work);
        await program.Migrate(settings, cancellation);
        var port = Server.FreePort();
        await using var server = program.Serve(name.ToLowerInvariant(), port, settings);
        using var client = new Client(new Uri(Text.Of($"http://127.0.0.1:{port}")));
        await client.Ready(cancellation);

        var start = Stopwatch.GetTimestamp();
        var documents = new ConcurrentDictionary<Guid, string>();
        await Parallel.ForEachAsync(
            corpus.Passages,
            new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = cancellation },
            async (passage, stop) => documents[await client.Add(passage, stop)] = passage.Id
        );
        var added = Stopwatch.GetElapsedTime(start);
        while (await client.Has("queued", cancellation) || await client.Has("processing", cancellation))
            await Task.Delay(100, cancellation);
        var ready = Stopwatch.GetElapsedTime(start);
        if (await client.Has("failed", cancellation))
            throw new InvalidOperationException("Documents failed; see " + server.Log);
        Console.WriteLine(
            Text.Of(
                $"{name}: added in {added.TotalSeconds:0.0} s, all readable after {ready.TotalSeconds:0.0} s, {corpus.Passages.Count / ready.TotalSeconds:0} passages a second"
            )
        );
        if (embedder is not null)
            await AwaitVectors(name, embedder, corpus.Passages.Count, start, cancellation);
        await MeasureQuestions(name, client, documents, corpus.Questions, cancellation);
        await MeasureFirstTokens(name, client, corpus.Questions, cancellation);
    }

    /// <summary>Measures what the passages of an answer cost: the first token of an offline provider, with and without them.</summary>
    private static async Task MeasureFirstTokens(
        string name,
        Client client,
        IReadOnlyList<Question> questions,
        CancellationToken cancellation
    )
    {
        string[] sources = ["none", "documents"];
        var times = sources.ToDictionary(one => one, _ => new List<double>());
        foreach (var (question, index) in questions.Take(FirstTokens).Select((one, index) => (one, index)))
        foreach (var source in index % 2 == 0 ? sources : sources.Reverse())
        {
            var time = await client.FirstToken(question.Text, source, cancellation);
            if (index >= FirstTokens / 10) // the first ones warm up
                times[source].Add(time.TotalMilliseconds);
        }

        foreach (var all in times.Values)
            all.Sort();
        var (without, with) = (times["none"], times["documents"]);
        Console.WriteLine(
            Text.Of(
                $"{name}: first token p50 {Percentile(without, 0.5):0.0} ms without and {Percentile(with, 0.5):0.0} ms with passages, p95 {Percentile(without, 0.95):0.0} and {Percentile(with, 0.95):0.0} ms"
            )
        );
    }

    private static double Percentile(List<double> sorted, double part) => sorted[(int)((sorted.Count - 1) * part)];

    private static async Task AwaitVectors(
        string name,
        Embedder embedder,
        int passages,
        long start,
        CancellationToken cancellation
    )
    {
        while (embedder.Texts < passages)
            await Task.Delay(100, cancellation);
        Console.WriteLine(Text.Of($"{name}: all embedded after {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"));
        await Task.Delay(TimeSpan.FromSeconds(2), cancellation); // the last are stored
    }

    private static async Task MeasureQuestions(
        string name,
        Client client,
        ConcurrentDictionary<Guid, string> documents,
        IReadOnlyList<Question> questions,
        CancellationToken cancellation
    )
    {
        foreach (var question in questions.Take(20)) // warms up
            await client.Search(question.Text, cancellation);
        var ranks = new List<int>(questions.Count);
        var times = new List<double>(questions.Count);
        foreach (var question in questions)
        {
            var start = Stopwatch.GetTimestamp();
            var found = await client.Search(question.Text, cancellation);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            ranks.Add(1 + found.FindIndex(id => documents[id] == question.Passage));
        }

        times.Sort();
        Console.WriteLine(
            Text.Of(
                $"{name}: recall@1 {Recall(1):0.000}, @3 {Recall(3):0.000}, @10 {Recall(10):0.000}, MRR@10 {ranks.Average(rank => rank == 0 ? 0 : 1.0 / rank):0.000}; a search p50 {Percentile(times, 0.5):0.0} ms, p95 {Percentile(times, 0.95):0.0} ms"
            )
        );

        double Recall(int best) => ranks.Average(rank => rank >= 1 && rank <= best ? 1.0 : 0.0);
    }

    private static async Task PrintSizes(Options options, int passages, CancellationToken cancellation)
    {
        await using var database = options.Postgres.Open(Database);
        await using var query = database.CreateCommand(
            "SELECT pg_total_relation_size('index_blocks') + pg_total_relation_size('index_segments'), count(*) FROM index_segments"
        );
        await using var rows = await query.ExecuteReaderAsync(cancellation);
        await rows.ReadAsync(cancellation);
        Console.WriteLine(
            Text.Of(
                $"PostgreSQL: the index has {rows.GetInt64(1)} segments and {rows.GetInt64(0) / (double)passages:0} bytes for a passage"
            )
        );
    }
}
