using System.Net;
using Npgsql;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Isolation;

/// <summary>They do on purpose what no test may, and must fail; build/prove-isolation.sh sees to it that they do.</summary>
[Explicit("They fail.")]
public sealed class Canaries
{
    // Held, for the garbage collector closes what nobody holds.
    private static readonly List<NpgsqlConnection> _held = [];

    [Test]
    public async Task A_canary_that_calls_another_host_fails_even_if_it_swallows_the_refusal() =>
        await Should.ThrowAsync<Exception>(() => Dns.GetHostAddressesAsync("canary.example"));

    [Test]
    public async Task A_canary_that_throws_with_a_database_in_hand_leaves_nothing()
    {
        await TestRun.RentAsync();

        throw new InvalidOperationException("thrown with a database in hand");
    }

    [Test]
    public async Task A_canary_that_leaves_a_connection_open_fails_the_run()
    {
        await using var database = await TestRun.RentAsync();
        var leak = new NpgsqlConnection(PostgresUrl.ToConnectionString(database.Url) + ";Pooling=false");
        _held.Add(leak);

        await leak.OpenAsync();
    }
}
