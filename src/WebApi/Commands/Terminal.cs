namespace QrAi.WebApi.Commands;

/// <summary>
/// The terminal of a verb. Only results are written to the output, so that it can be piped.
/// </summary>
/// <param name="Input">Answers to confirmations, and arguments that must not be visible to other users.</param>
/// <param name="Output">The result.</param>
/// <param name="Error">Problems and questions; the log goes there too.</param>
/// <param name="IsInteractive">Whether a user can answer confirmations.</param>
internal sealed record Terminal(TextReader Input, TextWriter Output, TextWriter Error, bool IsInteractive)
{
    /// <summary>Opens the output for bytes, instead of text.</summary>
    public Func<Stream> OpenOutput { get; init; } = Console.OpenStandardOutput;

    /// <summary>The terminal of the process.</summary>
    public static Terminal OfProcess() => new(Console.In, Console.Out, Console.Error, !Console.IsInputRedirected);

    /// <summary>Asks for confirmation.</summary>
    /// <returns>True for <c>y</c> and <c>yes</c>.</returns>
    public async Task<bool> ConfirmAsync(string question, CancellationToken cancellationToken)
    {
        await Error.WriteAsync($"{question} [y/N] ");
        await Error.FlushAsync(cancellationToken);
        var answer = await ReadLineAsync(cancellationToken);
        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }

    /// <summary>Reads a line.</summary>
    /// <returns>The line; null at the end of the input.</returns>
    public Task<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        // Console input cannot be cancelled, but the wait for it can.
        Task.Run(Input.ReadLine, cancellationToken).WaitAsync(cancellationToken);
}
