namespace QrAi.Tests.Integration.Answers;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class AbandonedAnswerTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task An_answer_whose_process_died_fails_after_its_time_and_the_session_can_be_asked_again()
    {
        var (session, answer) = await AbandonAsync();
        var clock = new TestClock(TimeProvider.System.GetUtcNow());
        await using var qrai = await StartByAsync(clock);

        // Somebody may still be generating it, as far as this process knows.
        await qrai.TryAskAsync("Already?", session).ShouldBeProblem(409, "session_busy");
        (await qrai.GetAnswerAsync(answer)).Status.ShouldBe("generating");

        var failed = await Eventually.Value(
            async () =>
            {
                clock.Advance(TimeSpan.FromMinutes(1));
                return await qrai.GetAnswerAsync(answer);
            },
            read => read.Status != "generating"
        );

        failed.Status.ShouldBe("failed");
        failed.Error!.Code.ShouldBe("interrupted");
        failed.CompletedAt.ShouldNotBeNull();
        (await qrai.AskAsync("And now?", session)).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task An_old_open_answer_is_failed_as_soon_as_a_service_starts()
    {
        var (session, answer) = await AbandonAsync();
        await using (var database = await OpenDatabaseAsync())
            await database.ExecuteAsync(
                Kind == DatabaseKind.Sqlite
                    ? $"UPDATE messages SET created_at = created_at - {TimeSpan.FromDays(1).Ticks}"
                    : "UPDATE messages SET created_at = created_at - interval '1 day'"
            );

        await using var qrai = await StartAsync();

        await Eventually.Value(() => qrai.GetAnswerAsync(answer), read => read.Status == "failed");
        (await qrai.AskAsync("And now?", session)).Answer.Status.ShouldBe("completed");
    }

    /// <summary>Leaves an answer open as a process leaves it that dies in the middle.</summary>
    private async Task<(Guid Session, Guid Answer)> AbandonAsync()
    {
        AnsweredBody asked;
        await using (var dying = await StartAsync())
            asked = await dying.AskAsync("Anybody there?");
        await using var database = await OpenDatabaseAsync();
        await database.ExecuteAsync(
            "UPDATE messages SET status = 'generating', content = '', provider = NULL, model = NULL, attempts = NULL, "
                + "completed_at = NULL, usage_prompt_tokens = NULL, usage_completion_tokens = NULL, "
                + "usage_total_tokens = NULL WHERE role = 'assistant'"
        );
        await database.ExecuteAsync(
            "UPDATE sessions SET open_answer_id = (SELECT id FROM messages WHERE role = 'assistant')"
        );
        return (asked.SessionId, asked.Answer.Id);
    }
}
