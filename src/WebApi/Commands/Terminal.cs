namespace QrAi.WebApi.Commands;

/// <summary>
/// Where a verb is called from. What it was called for goes to the output and nothing else does, so that it can be piped.
/// </summary>
/// <param name="Input">Answers to questions, and what other users may not see.</param>
/// <param name="Output">The result.</param>
/// <param name="Error">Problems and questions; the log goes there too.</param>
/// <param name="IsInteractive">Whether somebody is there to be asked.</param>
internal sealed record Terminal(TextReader Input, TextWriter Output, TextWriter Error, bool IsInteractive)
{
    /// <summary>The process's own.</summary>
    public static Terminal OfProcess() => new(Console.In, Console.Out, Console.Error, !Console.IsInputRedirected);

    /// <summary>Asks whether to go on.</summary>
    /// <returns>True for <c>y</c> and <c>yes</c>.</returns>
    public async Task<bool> ConfirmAsync(string question, CancellationToken cancellationToken)
    {
        await Error.WriteAsync($"{question} [y/N] ");
        await Error.FlushAsync(cancellationToken);
        var answer = await ReadLineAsync(cancellationToken);
        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    /// <summary>Reads a line.</summary>
    /// <returns>The line; null when nothing more comes.</returns>
    public Task<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        // A console's input can not be cancelled; who waits for it can leave.
        Task.Run(Input.ReadLine, cancellationToken).WaitAsync(cancellationToken);
}
