using System.Net;
using Npgsql;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Isolation;

/// <summary>Tests that violate the isolation and must fail, as build/prove-isolation.sh verifies.</summary>
[Explicit("They fail.")]
public sealed class Canaries
{
    // Referenced, because the garbage collector closes unreferenced connections.
    private static readonly List<NpgsqlConnection> _leaked = [];

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
        _leaked.Add(leak);

        await leak.OpenAsync();
    }
}
