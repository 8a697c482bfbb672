using MediatR;
using QrAi.Application.Migrations;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.Commands;

/// <summary>Runs a verb within the service's own composition, and makes an exit code of what goes wrong.</summary>
/// <param name="compose">Composes the host, which is not started.</param>
/// <param name="terminal">Where the verb is called from.</param>
internal sealed class VerbRunner(Func<CancellationToken, Task<IHost>> compose, Terminal terminal)
{
    /// <summary>Runs a verb.</summary>
    /// <param name="work">What it does; it speaks to the application through the sender alone.</param>
    /// <param name="cancellationToken">Stops it.</param>
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

    /// <summary>Runs a verb that works with what is in the database, once it is seen that its schema is this program's.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public Task<int> RunOnDatabaseAsync(
        Func<ISender, Terminal, CancellationToken, Task<int>> work,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            async (sender, its, stop) =>
            {
                await sender.Send(new RequireSchema(), stop);
                return await work(sender, its, stop);
            },
            cancellationToken
        );

    /// <summary>Starts the host, and runs its jobs until it is cancelled, which is its regular end.</summary>
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
                    : $"It failed unexpectedly: {exception.GetType().Name}. In ENVIRONMENT=development "
                        + "there is more to see."
            );
        else if (error.Fields is { } fields)
            foreach (var (field, rules) in fields)
                await terminal.Error.WriteLineAsync($"{field}: {string.Join("; ", rules)}");
        else
            await terminal.Error.WriteLineAsync(error.Detail);
        return error.Kind.ExitCode;
    }
}
