namespace QrAi.Application.Work;

/// <summary>A kind of work that survives the process that does it.</summary>
internal interface IDurableWork
{
    /// <summary>Takes over what no living worker does.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task TakeOverAsync(CancellationToken cancellationToken);
}
