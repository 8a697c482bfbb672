namespace QrAi.Application.Persistence;

/// <summary>Makes units of work. They are short: a request that streams for minutes must not keep one for so long.</summary>
public interface IQrAiDbContextFactory
{
    /// <summary>A new unit of work, for the caller to dispose of.</summary>
    IQrAiDbContext Create();
}
