using System.Text.Json;
using Microsoft.Extensions.AI;
using QrAi.Application.Completions;
using QrAi.Application.Generations;
using QrAi.Application.Models;

namespace QrAi.Tests.Unit.Application.Completions;

public sealed class ChatPromptTests
{
    private static readonly PastTurn[] Past = [new("First?", "First.")];

    [TestCase("system", "system")]
    [TestCase("developer", "system")]
    [TestCase("user", "user")]
    [TestCase("assistant", "assistant")]
    public void A_message_is_sent_with_its_role_name_and_texts(string role, string sent)
    {
        var message = ChatPrompt.For([new CompletionMessage(role, ["東京", "?"]) { Name = "花子" }]).Single();

        message.Role.Value.ShouldBe(sent);
        message.AuthorName.ShouldBe("花子");
        message.Contents.Cast<TextContent>().Select(text => text.Text).ShouldBe(["東京", "?"]);
    }

    [Test]
    public void Calls_of_tools_are_sent_as_the_model_wrote_them()
    {
        var message = ChatPrompt
            .For([
                new CompletionMessage("assistant", ["Wait."])
                {
                    ToolCalls =
                    [
                        new CompletionToolCall("a", "weather", "{\"city\":"),
                        new CompletionToolCall("b", "time", "{}"),
                    ],
                },
            ])
            .Single();

        ((TextContent)message.Contents[0]).Text.ShouldBe("Wait.");
        message
            .Contents.Skip(1)
            .Cast<ToolCallPiece>()
            .Select(call => (call.Index, call.Id, call.Name, call.Arguments))
            .ShouldBe([(0, "a", "weather", "{\"city\":"), (1, "b", "time", "{}")]);
    }

    [Test]
    public void The_result_of_a_tool_is_sent_with_its_call()
    {
        var message = ChatPrompt.For([new CompletionMessage("tool", ["su", "nny"]) { ToolCallId = "a" }]).Single();

        message.Role.ShouldBe(ChatRole.Tool);
        var result = (FunctionResultContent)message.Contents.Single();
        (result.CallId, result.Result).ShouldBe(("a", "sunny"));
    }

    [Test]
    public void Earlier_messages_of_the_session_come_after_the_instructions_and_before_the_question() =>
        Texts(
                ChatPrompt.For(
                    [Message("system", "Be brief."), Message("developer", "Be kind."), Message("user", "Second?")],
                    Past
                )
            )
            .ShouldBe(["system Be brief.", "system Be kind.", "user First?", "assistant First.", "user Second?"]);

    [Test]
    public void A_question_alone_comes_after_the_earlier_messages() =>
        Texts(ChatPrompt.For([Message("user", "Second?")], Past))
            .ShouldBe(["user First?", "assistant First.", "user Second?"]);

    [TestCase("assistant")]
    [TestCase("user")]
    [TestCase("tool")]
    public void Stored_messages_are_not_added_to_a_conversation_that_the_caller_sends(string role) =>
        ChatPrompt
            .For(
                [
                    Message("system", "Be brief."),
                    new CompletionMessage(role, ["Mine."]) { ToolCallId = "a" },
                    Message("user", "Second?"),
                ],
                Past
            )
            .Select(message => message.Role.Value)
            .ShouldBe(["system", role, "user"]);

    [Test]
    public void The_options_of_the_request_are_passed_to_the_model()
    {
        var options = ChatPrompt.OptionsFor(
            "large",
            new CompletionOptions
            {
                Temperature = 0.5,
                TopP = 0.25,
                MaxTokens = 10,
                MaxCompletionTokens = 20,
                Stop = ["a", "b"],
                Seed = 7,
                FrequencyPenalty = -1,
                PresencePenalty = 1.5,
                AdditionalMembers = new Dictionary<string, JsonElement> { ["user"] = JsonElement.Parse("\"me\"") },
            }
        );

        options.ModelId.ShouldBe("large");
        options.Temperature.ShouldBe(0.5f);
        options.TopP.ShouldBe(0.25f);
        options.MaxOutputTokens.ShouldBe(10);
        options.StopSequences.ShouldBe(["a", "b"]);
        options.Seed.ShouldBe(7);
        options.FrequencyPenalty.ShouldBe(-1);
        options.PresencePenalty.ShouldBe(1.5f);
        options
            .AdditionalProperties.ShouldNotBeNull()
            .Select(one => $"{one.Key} {one.Value}")
            .ShouldBe(["user me", "max_completion_tokens 20"], ignoreOrder: true);
    }

    [Test]
    public void Options_that_are_not_set_are_left_to_the_provider()
    {
        var options = ChatPrompt.OptionsFor(null, new CompletionOptions());

        options.ModelId.ShouldBeNull();
        options.Temperature.ShouldBeNull();
        options.StopSequences.ShouldBeNull();
        options.AdditionalProperties.ShouldNotBeNull().ShouldBeEmpty();
    }

    private static CompletionMessage Message(string role, string text) => new(role, [text]);

    private static IEnumerable<string> Texts(IEnumerable<ChatMessage> messages) =>
        messages.Select(message => $"{message.Role} {message.Text}");
}
