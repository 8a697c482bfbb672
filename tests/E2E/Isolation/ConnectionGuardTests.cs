using System.Net;

namespace QrAi.Tests.E2E.Isolation;

public sealed class ConnectionGuardTests : ProgramTests
{
    [Test]
    public async Task A_call_of_a_real_provider_is_refused_and_its_host_is_reported()
    {
        var workplace = new Workplace();
        workplace.Settings["OPENROUTER_API_KEY"] = Workplace.OpenRouterKey;
        workplace.Settings["OPENROUTER_BASE_URL"] = "https://openrouter.example/api/v1";
        workplace.Settings["LLM_MAX_RETRIES"] = "0";
        var program = await StartAsync(workplace);
        program.MayBeRefused = true;

        using var response = await program.Http.PostQuestionAsync("Does this leave the machine?");

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        await Eventually.Holds(() => program.Refused.Any(line => line.Contains("openrouter.example")));
    }
}
