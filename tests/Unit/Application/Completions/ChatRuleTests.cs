using System.Text.Json;
using FluentValidation;
using QrAi.Application.Completions;

namespace QrAi.Tests.Unit.Application.Completions;

/// <summary>The rules of conversations, and the additional rules of stored ones.</summary>
public sealed class ChatRuleTests
{
    private static readonly CompleteChat Chat = new("openrouter", [Message("user", "Why?")], new CompletionOptions());
    private static readonly StoreChat Stored = new(Chat.Model, Chat.Messages, Chat.Options, null);

    [Test]
    public void A_plain_question_breaks_no_rule()
    {
        Broken(Chat).ShouldBeEmpty();
        Broken(Stored).ShouldBeEmpty();
    }

    [TestCase(null)]
    [TestCase(" ")]
    public void A_model_is_required(string? model)
    {
        Broken(Chat with { Model = model }).ShouldBe(["Model: must have 1 to 200 characters after trimming"]);
        Broken(Stored with { Model = model }).ShouldBe(["Model: must have 1 to 200 characters after trimming"]);
    }

    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(2_048, true)]
    [TestCase(2_049, false)]
    public void A_conversation_has_1_to_2048_messages(int count, bool isValid)
    {
        CompletionMessage[] messages = [.. Enumerable.Repeat(Message("user", "Why?"), count)];
        string[] expected = isValid ? [] : ["Messages: must have 1 to 2048 messages"];

        Broken(Chat with { Messages = messages }).ShouldBe(expected);
        Broken(Stored with { Messages = messages }).ShouldBe(expected);
    }

    [TestCase("system")]
    [TestCase("developer")]
    [TestCase("user")]
    [TestCase("assistant")]
    public void Roles_are_those_of_the_protocol(string role) =>
        Broken(Chat with { Messages = [Message(role, "a")] }).ShouldBeEmpty();

    [TestCase("robot")]
    [TestCase("User")]
    [TestCase("")]
    public void Any_other_role_is_rejected(string role) =>
        Broken(Chat with { Messages = [Message("user", "a"), Message(role, "a")] })
            .ShouldBe(["Messages[1].role: must be one of system, developer, user, assistant, tool"]);

    [Test]
    public void A_text_is_well_formed_Unicode_without_NUL()
    {
        foreach (var text in new[] { "a\0", "\ud83d" })
            Broken(Chat with { Messages = [new CompletionMessage("user", ["a", text])] })
                .ShouldBe(["Messages[0].content[1]: must be well-formed Unicode without NUL"]);
    }

    [Test]
    public void Only_an_assistant_that_calls_tools_may_omit_content()
    {
        CompletionToolCall[] calls = [new("a", "weather", "{}")];
        const string Problem = "Messages[0].content: is required, except for an assistant that calls tools";

        Broken(Chat with { Messages = [new CompletionMessage("assistant", []) { ToolCalls = calls }] }).ShouldBeEmpty();
        Broken(Chat with { Messages = [new CompletionMessage("assistant", [])] }).ShouldBe([Problem]);
        Broken(Chat with { Messages = [new CompletionMessage("user", []) { ToolCalls = calls }] }).ShouldBe([Problem]);
    }

    [Test]
    public void A_tools_message_names_its_call()
    {
        Broken(Chat with { Messages = [Message("tool", "sunny")] })
            .ShouldBe(["Messages[0].tool_call_id: must be the id of the tool call that the message is the result of"]);
        Broken(Chat with { Messages = [Message("tool", "sunny") with { ToolCallId = "a" }] }).ShouldBeEmpty();
    }

    [TestCase("temperature", 0, 2, "must be from 0 to 2")]
    [TestCase("top_p", 0, 1, "must be from 0 to 1")]
    [TestCase("frequency_penalty", -2, 2, "must be from -2 to 2")]
    [TestCase("presence_penalty", -2, 2, "must be from -2 to 2")]
    public void A_number_is_within_its_bounds(string name, double min, double max, string rule)
    {
        foreach (var good in new double?[] { null, min, max })
            Broken(With(good)).ShouldBeEmpty();
        foreach (var bad in new double?[] { min - 0.01, max + 0.01 })
            Broken(With(bad)).ShouldBe([$"{name}: {rule}"]);

        CompleteChat With(double? number) =>
            Chat with
            {
                Options = name switch
                {
                    "temperature" => new CompletionOptions { Temperature = number },
                    "top_p" => new CompletionOptions { TopP = number },
                    "frequency_penalty" => new CompletionOptions { FrequencyPenalty = number },
                    _ => new CompletionOptions { PresencePenalty = number },
                },
            };
    }

    [Test]
    public void The_maximum_of_tokens_is_at_least_1()
    {
        Broken(
                Chat with
                {
                    Options = new CompletionOptions { MaxTokens = 1, MaxCompletionTokens = 1 },
                }
            )
            .ShouldBeEmpty();
        Broken(
                Chat with
                {
                    Options = new CompletionOptions { MaxTokens = 0, MaxCompletionTokens = 0 },
                }
            )
            .ShouldBe(["max_tokens: must be at least 1", "max_completion_tokens: must be at least 1"]);
    }

    [Test]
    public void There_are_1_to_4_stop_texts()
    {
        foreach (var good in new string[]?[] { null, ["a"], ["a", "b", "c", "d"] })
            Broken(Chat with { Options = new CompletionOptions { Stop = good } }).ShouldBeEmpty();
        foreach (var bad in new string[][] { [], ["a", "b", "c", "d", "e"], ["a", ""] })
            Broken(Chat with { Options = new CompletionOptions { Stop = bad } })
                .ShouldBe(["stop: must be 1 to 4 texts"]);
    }

    [Test]
    public void A_stored_conversation_ends_with_a_question_of_the_user()
    {
        Broken(Stored with { Messages = [Message("assistant", "a"), Message("user", "b")] }).ShouldBeEmpty();
        Broken(Stored with { Messages = [Message("user", "a"), Message("assistant", "b")] })
            .ShouldBe(["Messages[1].role: must be user: the last message is the question that is stored"]);
    }

    [Test]
    public void A_stored_question_has_1_to_100000_characters_in_all_its_parts()
    {
        const string Problem = "Messages[1].content: must have 1 to 100000 characters after trimming";
        Broken(Question(new string('あ', 50_000), new string('い', 50_000))).ShouldBeEmpty();
        Broken(Question(new string('あ', 50_000), new string('い', 50_001))).ShouldBe([Problem]);
        Broken(Question(" ", "\n")).ShouldBe([Problem]);

        static StoreChat Question(params string[] texts) =>
            Stored with
            {
                // The rules of stored conversations do not apply to earlier messages.
                Messages = [Message("system", new string('a', 101_000)), new CompletionMessage("user", texts)],
            };
    }

    [Test]
    public void A_stored_conversation_calls_no_tools()
    {
        var options = new CompletionOptions
        {
            AdditionalMembers = new Dictionary<string, JsonElement> { ["tools"] = JsonElement.Parse("[]") },
        };

        Broken(Chat with { Options = options }).ShouldBeEmpty();
        Broken(Stored with { Options = options })
            .ShouldBe(["tools: must be omitted if store is true: a session stores texts"]);
    }

    private static CompletionMessage Message(string role, string text) => new(role, [text]);

    private static string[] Broken(CompleteChat chat) => Broken(new CompleteChatValidator(), chat);

    private static string[] Broken(StoreChat chat) => Broken(new StoreChatValidator(), chat);

    private static string[] Broken<T>(AbstractValidator<T> validator, T chat) =>
        [.. validator.Validate(chat).Errors.Select(error => $"{error.PropertyName}: {error.ErrorMessage}").Distinct()];
}
