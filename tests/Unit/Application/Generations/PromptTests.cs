using Microsoft.Extensions.AI;
using QrAi.Application.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

public sealed class PromptTests
{
    [Test]
    public void A_prompt_is_a_system_message_the_past_and_the_question()
    {
        var messages = Prompt.For("Be brief.", [new PastTurn("Capital?", "Tokyo.")], "Why?");

        messages
            .Select(message => message.Role)
            .ShouldBe([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.User]);
        messages[1..].Select(message => message.Text).ShouldBe(["Capital?", "Tokyo.", "Why?"]);
    }

    [Test]
    public void The_system_message_is_the_configured_prompt() =>
        Prompt.For("Be brief.", [], "Why?")[0].Text.ShouldBe("Be brief.");

    [Test]
    public void A_first_question_has_no_past() =>
        Prompt.For("Be brief.", [], "Why?").Select(message => message.Role).ShouldBe([ChatRole.System, ChatRole.User]);
}
