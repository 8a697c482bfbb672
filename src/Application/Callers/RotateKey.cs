using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;
using QrAi.Application.Time;

namespace QrAi.Application.Callers;

/// <summary>
/// Replaces a key by a new one with the same name, owner, rights and expiry. The old one stays valid for a time, so that its
/// callers can change over.
/// </summary>
/// <param name="Id">The key, which is neither revoked nor expired.</param>
/// <param name="Keep">The time for which the old key stays valid, 0–365 days; 0 revokes it.</param>
public sealed record RotateKey(Guid Id, TimeSpan Keep) : IRequest<RotatedKey>;

/// <summary>A key that replaces another one.</summary>
/// <param name="Old">The old key, with its new expiry.</param>
/// <param name="New">The new key.</param>
public sealed record RotatedKey(KeyDto Old, CreatedKey New);

internal sealed class RotateKeyValidator : AbstractValidator<RotateKey>
{
    private static readonly TimeSpan MaxKeep = TimeSpan.FromDays(365);

    public RotateKeyValidator() =>
        RuleFor(request => request.Keep).InclusiveBetween(TimeSpan.Zero, MaxKeep).WithMessage("must be 0 to 365 days");
}

internal sealed class RotateKeyHandler(IQrAiDbContextFactory databases, TimeProvider clock)
    : IRequestHandler<RotateKey, RotatedKey>
{
    public async Task<RotatedKey> Handle(RotateKey request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateForService();
        var old =
            await database.ApiKeys.SingleOrDefaultAsync(key => key.Id == request.Id, cancellationToken)
            ?? throw new NotFoundException("key", request.Id);
        var now = clock.Now();
        if (!old.IsUsable(now))
            throw new InvalidRequestException("id", "must be a key that is neither revoked nor expired");
        var (successor, secret) = old.Rotate(request.Keep, now);
        database.ApiKeys.Add(successor);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Only this call knows the id: an earlier attempt was saved, and its confirmation was lost. Otherwise the old key is gone.
            if (!await database.ApiKeys.AnyAsync(key => key.Id == successor.Id, cancellationToken))
                throw new NotFoundException("key", request.Id);
        }

        return new RotatedKey(KeyDto.Of(old, now), new CreatedKey(KeyDto.Of(successor, now), secret));
    }
}
