using MediatR;
using QrAi.Application.Callers;
using QrAi.Application.Migrations;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.Commands;

/// <summary>Runs a verb in a host, and maps failures to exit codes.</summary>
/// <param name="compose">Creates the host, without starting it.</param>
/// <param name="terminal">The terminal.</param>
internal sealed class VerbRunner(Func<CancellationToken, Task<IHost>> compose, Terminal terminal)
{
    /// <summary>Runs a verb.</summary>
    /// <param name="work">The work; it uses the application only through the sender.</param>
    /// <param name="cancellationToken">Cancels the verb.</param>
    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(
        Func<ISender, Terminal, CancellationToken, Task<int>> work,
        CancellationToken cancellationToken
    ) =>
        RunInHostAsync(
            async host =>
            {
                await using var scope = host.Services.CreateAsyncScope();
                return await work(scope.ServiceProvider.GetRequiredService<ISender>(), terminal, cancellationToken);
            },
            cancellationToken
        );

    /// <summary>Runs a verb that uses the database, after checking that the schema is this program's.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public Task<int> RunOnDatabaseAsync(
        Func<ISender, Terminal, CancellationToken, Task<int>> work,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            async (sender, console, stop) =>
            {
                await sender.Send(new RequireSchema(), stop);
                return await work(sender, console, stop);
            },
            cancellationToken
        );

    /// <summary>Runs a verb that uses the database on behalf of an owner.</summary>
    /// <param name="owner">The owner; null for that of unauthenticated callers.</param>
    /// <inheritdoc cref="RunAsync"/>
    public Task<int> RunForOwnerAsync(
        string? owner,
        Func<ISender, Terminal, CancellationToken, Task<int>> work,
        CancellationToken cancellationToken
    ) =>
        RunOnDatabaseAsync(
            async (sender, console, stop) =>
            {
                await sender.Send(new ActAsOwner(owner), stop);
                return await work(sender, console, stop);
            },
            cancellationToken
        );

    /// <summary>Starts the host, and runs its jobs until it is cancelled, which is the regular end.</summary>
    /// <param name="cancellationToken">Stops the host.</param>
    /// <returns>The exit code.</returns>
    public Task<int> RunJobsAsync(CancellationToken cancellationToken) =>
        RunInHostAsync(
            async host =>
            {
                await host.StartAsync(CancellationToken.None);
                await host.WaitForShutdownAsync(cancellationToken);
                return ExitCode.Done;
            },
            cancellationToken
        );

    private async Task<int> RunInHostAsync(Func<IHost, Task<int>> work, CancellationToken cancellationToken)
    {
        var host = await compose(cancellationToken);
        await using var owned = (IAsyncDisposable)host;
        try
        {
            return await work(host);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await terminal.Error.WriteLineAsync("Stopped before the end.");
            return ExitCode.Failed;
        }
        catch (Exception exception)
        {
            var isDevelopment = host.Services.GetRequiredService<IHostEnvironment>().IsDevelopment();
            return await ReportAsync(exception, isDevelopment);
        }
    }

    private async Task<int> ReportAsync(Exception exception, bool isDevelopment)
    {
        var error = ErrorMap.Describe(exception);
        if (error.Kind == ErrorKind.InternalError)
            await terminal.Error.WriteLineAsync(
                isDevelopment
                    ? exception.ToString()
                    : $"The command failed unexpectedly: {exception.GetType().Name}. "
                        + "ENVIRONMENT=development shows the whole exception."
            );
        else if (error.Fields is { } fields)
            foreach (var (field, rules) in fields)
                await terminal.Error.WriteLineAsync($"{field}: {string.Join("; ", rules)}");
        else
            await terminal.Error.WriteLineAsync(error.Detail);
        return error.Kind.ExitCode;
    }
}
