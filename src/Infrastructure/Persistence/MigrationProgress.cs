using System.Reflection;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Logging;
using QrAi.Application.Migrations;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// Tracks migrations by the events of EF Core, which are raised when a migration begins: then the previous one is complete.
/// </summary>
internal sealed class MigrationProgress(ChannelWriter<MigrationStep> steps, ILogger logger)
{
    private MigrationStep? _current;

    /// <summary>Whether an event reports the beginning of a migration.</summary>
    public static bool IsBeginning(EventId id) =>
        id == RelationalEventId.MigrationApplying || id == RelationalEventId.MigrationReverting;

    /// <summary>Records that a migration begins.</summary>
    public void Begin(EventData eventData)
    {
        End();
        var up = eventData.EventId == RelationalEventId.MigrationApplying;
        _current = new MigrationStep(
            ((MigrationEventData)eventData).Migration.GetType().GetCustomAttribute<MigrationAttribute>()!.Id,
            up ? MigrationDirection.Up : MigrationDirection.Down
        );
        logger.LogInformation("{Action} {Migration}", up ? "Applying" : "Reverting", _current.Migration);
    }

    /// <summary>Records that the current migration, if there is one, is complete.</summary>
    public void End()
    {
        if (_current is { } completed)
            steps.TryWrite(completed);
        _current = null;
    }

    /// <summary>Records that the current migration has failed.</summary>
    /// <returns>The name of the migration.</returns>
    public string Fail()
    {
        var failed = _current?.Migration ?? "The migration";
        _current = null;
        return failed;
    }
}
