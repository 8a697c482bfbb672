using System.Text.RegularExpressions;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E;

public sealed class AskTests : ProgramTests
{
    [Test]
    public async Task It_prints_only_the_answer_and_continues_its_session([Values] Database database)
    {
        var provider = await StartProviderAsync();
        var workplace = await MigratedAsync((await new Workplace().WithAsync(database)).WithOpenRouter(provider));
        provider.Enqueue(Reply.Answer("Tokyo", ", 東京"), Reply.Answer("Paris."));

        var first = await RunAsync(workplace, "ask", "The capital of Japan?");
        var second = await RunAsync(workplace, "ask", "And of France?", "--session", SessionOf(first.Errors));

        (first.ExitCode, first.Output).ShouldBe((0, "Tokyo, 東京\n"), first.Errors);
        (second.ExitCode, second.Output).ShouldBe((0, "Paris.\n"), second.Errors);
        SessionOf(second.Errors).ShouldBe(SessionOf(first.Errors));
        provider
            .Requests[^1]
            .Messages.Select(message => message.Content)
            .ShouldContain("The capital of Japan?", "The provider received the history.");
        var service = await StartAsync(workplace);
        (await service.Http.MessagesAsync(SessionOf(first.Errors)))
            .Select(message => message.Text("content"))
            .ShouldBe(["The capital of Japan?", "Tokyo, 東京", "And of France?", "Paris."]);
    }

    [Test]
    public async Task It_prints_the_answer_while_it_is_generated_and_stores_a_part_when_stopped()
    {
        var provider = await StartProviderAsync();
        var workplace = await MigratedAsync(new Workplace().WithOpenRouter(provider));
        var reply = Reply.Gated();
        provider.Enqueue(reply);
        var program = Launch(workplace, Nowhere, "ask", "Will this end?");
        reply.Send("Not before ");
        await Eventually.Holds(() => program.Output == "Not before ");

        program.Terminate();

        (await program.ExitAsync()).ShouldBe(1);
        program.Output.ShouldBe("Not before \n");
        program.Errors.ShouldContain("Stopped before the end.\n");
        var service = await StartAsync(workplace);
        var session = (await service.Http.ReadAsync("/api/sessions")).GetProperty("items")[0].Text("id")!;
        var answer = (await service.Http.MessagesAsync(session))[1];
        (answer.Text("status"), answer.Text("content")).ShouldBe(("cancelled", "Not before "));
        provider.Enqueue(Reply.Answer("Yes."));
        (await service.Http.AskAsync("Free again?", session)).Text("answer.content").ShouldBe("Yes.");
    }

    [Test]
    public async Task A_failed_answer_is_reported_and_fails_the_command()
    {
        var provider = await StartProviderAsync();
        var workplace = await MigratedAsync(new Workplace().WithOpenRouter(provider));
        provider.Enqueue(Reply.Status(422, "No."));

        var (exitCode, output, errors) = await RunAsync(workplace, "ask", "Will you?");

        exitCode.ShouldBe(1);
        output.ShouldBeEmpty();
        errors.ShouldContain("provider");
    }

    [Test]
    public async Task It_asks_for_an_owner_who_cannot_use_the_sessions_of_others()
    {
        var workplace = await MigratedAsync(new Workplace());
        var hers = SessionOf((await RunAsync(workplace, "ask", "Whose?", "--owner", "alice")).Errors);

        (await RunAsync(workplace, "ask", "Mine?", "--session", hers)).ExitCode.ShouldBe(1);
        (await RunAsync(workplace, "ask", "Mine?", "--session", hers, "--owner", "alice")).ExitCode.ShouldBe(0);
    }

    [TestCase("ask")]
    [TestCase("ask", " ")]
    [TestCase("ask", "Why?", "--session", "one")]
    [TestCase("ask", "Why?", "--owner", " ")]
    [TestCase("ask", "Why?", "me?")]
    public async Task Wrong_usage_is_reported_and_asks_no_question(params string[] arguments)
    {
        var workplace = await MigratedAsync(new Workplace());

        var (exitCode, output, errors) = await RunAsync(workplace, arguments);

        exitCode.ShouldBe(2, errors);
        output.ShouldBeEmpty();
        errors.ShouldNotBeEmpty();
    }

    private static string SessionOf(string errors) =>
        Regex.Match(errors, @"^Session (\S+)$", RegexOptions.Multiline).Groups[1].Value;
}
