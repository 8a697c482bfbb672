using QrAi.Application.Errors;

namespace QrAi.Tests.Unit.Application.Errors;

/// <summary>The messages of exceptions, which all interfaces return to callers.</summary>
public sealed class MessageTests
{
    private static readonly Guid Id = Guid.CreateVersion7();

    [Test]
    public void Each_error_has_a_sentence_as_its_message()
    {
        new InvalidRequestException("limit", "must be 1").Message.ShouldBe(
            "The request breaks a rule; errors names the fields."
        );
        new NotFoundException("session", Id).Message.ShouldBe($"There is no session {Id}.");
        new ProviderNotConfiguredException(null).Message.ShouldBe("No language model provider is configured.");
        new ProviderNotConfiguredException("google-ai").Message.ShouldBe("The provider google-ai is not configured.");
        new ShuttingDownException().Message.ShouldBe("The service is shutting down.");
    }
}
