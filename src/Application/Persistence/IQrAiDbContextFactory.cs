namespace QrAi.Application.Persistence;

/// <summary>
/// Makes units of work. They are short: a request that streams for minutes must not keep one for so long. Whose data one
/// reaches is said where it is made, and every query keeps to it: there is none that sees the sessions of all.
/// </summary>
public interface IQrAiDbContextFactory
{
    /// <summary>A new unit of work over what belongs to an owner, for the caller to dispose of.</summary>
    /// <param name="owner">The owner; nobody else's sessions and messages are seen.</param>
    IQrAiDbContext CreateFor(string owner);

    /// <summary>
    /// A new unit of work over what belongs to the service itself, such as keys. It sees nobody's sessions and messages,
    /// unless a query says that it goes round <see cref="IQrAiDbContext.OwnerFilter"/>.
    /// </summary>
    IQrAiDbContext CreateForService();
}
