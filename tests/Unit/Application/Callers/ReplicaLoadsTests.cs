using QrAi.Application.Callers;
using QrAi.Application.Work;

namespace QrAi.Tests.Unit.Application.Callers;

/// <summary>Processes of a service that exchange their loads each second.</summary>
public sealed class ReplicaLoadsTests
{
    private const int PerMinute = 60;
    private const int Burst = 10;

    private readonly TestClock _clock = new();
    private readonly List<Replica> _replicas = [];

    [Test]
    public void The_rate_of_three_processes_together_is_within_five_percent_of_the_limit()
    {
        Start(3);
        const int Minutes = 10;

        var allowed = 0;
        for (var second = 0; second < Minutes * 60; second++)
        {
            foreach (var replica in _replicas)
                for (var question = 0; question < 5; question++)
                    if (replica.Questions.TryCount("alice") is null)
                        allowed++;
            PassSecond();
        }

        ((double)allowed).ShouldBe(Minutes * PerMinute + Burst, tolerance: 0.05 * Minutes * PerMinute);
    }

    [Test]
    public void A_burst_at_one_process_is_counted_by_the_others_and_other_owners_are_not()
    {
        Start(2);
        for (var question = 0; question < Burst; question++)
            _replicas[0].Questions.TryCount("alice").ShouldBeNull();

        PassSecond();

        _replicas[1].Questions.TryCount("alice").ShouldBe(TimeSpan.FromSeconds(1));
        _replicas[1].Questions.TryCount("bob").ShouldBeNull();
    }

    [Test]
    public void A_question_that_is_given_back_is_given_back_everywhere()
    {
        Start(2);
        for (var question = 0; question < 5; question++)
            _replicas[0].Questions.TryCount("alice");
        PassSecond();
        _replicas[0].Questions.GiveBack("alice");
        PassSecond();
        for (var question = 0; question < 5; question++)
            _replicas[0].Questions.TryCount("alice");
        PassSecond();

        // 9 were counted, of which 2 were refilled since the first were known.
        var left = Enumerable.Range(0, Burst).TakeWhile(_ => _replicas[1].Questions.TryCount("alice") is null).Count();
        left.ShouldBe(3);
    }

    [Test]
    public void A_process_that_starts_later_does_not_count_what_was_long_ago()
    {
        Start(1);
        for (var second = 0; second < 120; second++)
        {
            _replicas[0].Questions.TryCount("alice");
            PassSecond();
        }

        Start(1);
        PassSecond();

        for (var question = 0; question < Burst; question++)
            _replicas[1].Questions.TryCount("alice").ShouldBeNull();
    }

    [Test]
    public void An_owner_that_was_idle_is_counted_again()
    {
        Start(2);
        _replicas[0].Questions.TryCount("alice");
        for (var second = 0; second < 90; second++)
            PassSecond();
        _replicas[0].Load.ShouldBe("""{"Questions":{},"Streams":{}}""");

        for (var question = 0; question < Burst; question++)
            _replicas[0].Questions.TryCount("alice").ShouldBeNull();
        PassSecond();

        _replicas[1].Questions.TryCount("alice").ShouldNotBeNull();
    }

    [Test]
    public void Streams_are_limited_over_all_processes_and_those_of_a_dead_one_no_longer_count()
    {
        Start(3);
        _replicas[0].Streams.TryEnter("alice").ShouldBeTrue();
        _replicas[1].Streams.TryEnter("alice").ShouldBeTrue();
        PassSecond();

        _replicas[2].Streams.TryEnter("alice").ShouldBeFalse();
        _replicas[0].Streams.TryEnter("alice").ShouldBeFalse();
        _replicas[2].Streams.TryEnter("bob").ShouldBeTrue();

        _replicas.RemoveAt(0);
        PassSecond();
        _replicas[1].Streams.TryEnter("alice").ShouldBeTrue();
        _replicas[0].Streams.Leave("alice");
        _replicas[1].Streams.Leave("alice");
        PassSecond();
        _replicas[1].Streams.TryEnter("alice").ShouldBeTrue();
    }

    [Test]
    public void A_load_is_published_when_it_has_changed_or_was_not_published()
    {
        var replica = new Replica(_clock);
        replica.Questions.TryCount("alice");

        replica.Loads.Write().ShouldNotBeNull().ShouldContain("alice");
        replica.Loads.Write().ShouldNotBeNull("The first one may not have arrived.");
        replica.Loads.Apply([]);

        replica.Loads.Write().ShouldBeNull();
    }

    private void Start(int count)
    {
        for (var number = 0; number < count; number++)
            _replicas.Add(new Replica(_clock));
        Exchange();
    }

    private void PassSecond()
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        Exchange();
    }

    private void Exchange()
    {
        foreach (var replica in _replicas)
            replica.Load = replica.Loads.Write() ?? replica.Load;
        foreach (var replica in _replicas)
            replica.Loads.Apply([
                .. _replicas
                    .Where(other => other != replica && other.Load.Length > 0)
                    .Select(other => new WorkerLoad(other.Id, other.Load)),
            ]);
    }

    private sealed class Replica
    {
        public Replica(TestClock clock)
        {
            Questions = new QuestionLimit(PerMinute, Burst, clock);
            Loads = new ReplicaLoads(clock, Questions, Streams);
        }

        public Guid Id { get; } = Guid.CreateVersion7();

        public QuestionLimit Questions { get; }

        public StreamCounts Streams { get; } = new(2);

        public ReplicaLoads Loads { get; }

        public string Load { get; set; } = "";
    }
}
