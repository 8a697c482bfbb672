using QrAi.Application.Generations;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Application.Generations;

/// <summary>A base class of tests with a generation and its followers.</summary>
public abstract class FollowerTest
{
    private protected static readonly GenerationEnd Completed = new(
        MessageStatus.Completed,
        TestClock.Noon,
        "stop",
        null,
        [],
        null
    );

    private protected Generation Generation { get; } = Create();

    private protected static Generation Create(int run = 1) =>
        new(
            new GenerationIdentity(
                Guid.CreateVersion7(),
                "me",
                TestClock.Noon,
                Guid.CreateVersion7(),
                Guid.CreateVersion7()
            ),
            run
        );

    private protected Follower Follow(Position after = default) => new(new HeldGeneration(Generation), after);
}
