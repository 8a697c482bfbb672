namespace QrAi.Application.Work;

/// <summary>A kind of work that survives its process.</summary>
internal interface IDurableWork
{
    /// <summary>Takes over the work of dead workers.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task TakeOverAsync(CancellationToken cancellationToken);
}
