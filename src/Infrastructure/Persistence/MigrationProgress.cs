using System.Reflection;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Logging;
using QrAi.Application.Migrations;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// Follows a run of migrations by the events of EF Core, which tells when it begins one: with that the one before it is
/// done.
/// </summary>
internal sealed class MigrationProgress(ChannelWriter<MigrationStep> steps, ILogger logger)
{
    private MigrationStep? _current;

    /// <summary>Whether an event tells that a migration begins.</summary>
    public static bool Concerns(EventId id) =>
        id == RelationalEventId.MigrationApplying || id == RelationalEventId.MigrationReverting;

    /// <summary>A migration begins.</summary>
    public void Note(EventData happened)
    {
        End();
        var up = happened.EventId == RelationalEventId.MigrationApplying;
        _current = new MigrationStep(
            ((MigrationEventData)happened).Migration.GetType().GetCustomAttribute<MigrationAttribute>()!.Id,
            up ? MigrationDirection.Up : MigrationDirection.Down
        );
        logger.LogInformation("{Doing} {Migration}", up ? "Applying" : "Reverting", _current.Migration);
    }

    /// <summary>The migration that had begun is done.</summary>
    public void End()
    {
        if (_current is { } done)
            steps.TryWrite(done);
        _current = null;
    }

    /// <summary>The migration that had begun has failed.</summary>
    /// <returns>Its name.</returns>
    public string Fail()
    {
        var failed = _current?.Migration ?? "The migration";
        _current = null;
        return failed;
    }
}
