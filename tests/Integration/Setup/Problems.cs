using System.Globalization;
using System.Net;
using System.Text.Json;

namespace QrAi.Tests.Integration.Setup;

public static class Problems
{
    /// <summary>Asserts that the response is a complete problem with this status and code.</summary>
    /// <param name="sending">The request.</param>
    /// <param name="status">The status.</param>
    /// <param name="code">The code.</param>
    /// <param name="field">The only field in <c>errors</c> of an invalid request.</param>
    public static async Task<ProblemBody> ShouldBeProblem(
        this Task<HttpResponseMessage> sending,
        int status,
        string code,
        string? field = null
    )
    {
        using var response = await sending;
        var text = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode != status)
            text += LogOf(response); // the cause of a failure is only in the log
        response.StatusCode.ShouldBe((HttpStatusCode)status, text);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        response.Headers.Contains("X-Request-Id").ShouldBeTrue();
        var problem = JsonSerializer.Deserialize<ProblemBody>(text, Wire.Json)!;
        problem.ShouldBeComplete(status, code);

        if (status == 400)
            problem.Errors.ShouldNotBeNull().ShouldNotBeEmpty();
        else
            problem.Errors.ShouldBeNull();
        if (field is not null)
        {
            problem.Errors!.Keys.ShouldBe([field]);
            problem.Errors[field].ShouldNotBeEmpty();
        }

        var retryAfter = response.Headers.RetryAfter?.Delta;
        if (status is 409 or 429 or 503)
            retryAfter.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.Zero);
        else
            retryAfter.ShouldBeNull();
        return problem;
    }

    private static string LogOf(HttpResponseMessage response) =>
        string.Concat(Output.LinesWith(response.Headers.GetValues("X-Request-Id").Single()));

    /// <summary>Asserts that the problem has all members, with this status and code, and no internal details.</summary>
    public static void ShouldBeComplete(this ProblemBody problem, int status, string code)
    {
        problem.Code.ShouldBe(code);
        problem.Status.ShouldBe(status);
        problem.Type.ShouldEndWith(code);
        problem.Title.ShouldNotBeNullOrWhiteSpace();
        problem.Detail.ShouldNotBeNullOrWhiteSpace();
        problem.TraceId.ShouldNotBeNullOrWhiteSpace();
        foreach (
            var secret in new[] { "SELECT ", "INSERT ", "   at ", "Exception", "password", QrAiHost.OpenRouterKey }
        )
            problem.Detail.ShouldNotContain(
                secret,
                Case.Insensitive,
                problem.Code.ToString(CultureInfo.InvariantCulture)
            );
    }
}

public static class Cases
{
    /// <summary>Adds the name of a case to a failed assertion.</summary>
    public static async Task NameCaseAsync(this Task assertion, string name)
    {
        try
        {
            await assertion;
        }
        catch (ShouldAssertException exception)
        {
            throw new ShouldAssertException($"Case: {name}{Environment.NewLine}{exception.Message}", exception);
        }
    }
}
