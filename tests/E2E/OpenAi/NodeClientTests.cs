using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E.OpenAi;

/// <summary>The official OpenAI client for JavaScript, configured only with the URL of QrAi.</summary>
public sealed class NodeClientTests : ProgramTests
{
    private static readonly JsonSerializerOptions _unescaped = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Test]
    public async Task It_works_with_only_another_URL()
    {
        var package = await new NpmPackage("openai", "7.57.0").InstallAsync();
        var provider = await StartProviderAsync();
        var workplace = new Workplace().WithOpenRouter(provider);
        workplace.Settings["LLM_MAX_RETRIES"] = "0";
        var program = await StartAsync(workplace);
        provider.Enqueue(
            Reply.Answer("東京", "です"),
            Reply.Answer("To", "kyo"),
            ToolCall("""{\"city\":\"Tokyo\"}"""),
            Reply.Answer("14 million people"),
            Reply.Status(503),
            Reply.Answer("At last"),
            Reply.BreakOff("Half an ")
        );

        var result = await Cli.Wrap("node")
            .WithArguments([
                Path.Combine(AppContext.BaseDirectory, "OpenAi", "client.mjs"),
                package,
                $"{program.Address}/v1",
                "any key",
            ])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync()
            .Task.WaitAsync(Eventually.DefaultLimit);

        result.ExitCode.ShouldBe(0, result.StandardError);
        JsonElement
            .Parse(result.StandardOutput)
            .GetRawText()
            .ShouldBe(
                JsonSerializer.Serialize(
                    JsonElement.Parse(
                        """
                        {
                          "models": ["openrouter/scripted/one"],
                          "whole": {"text": "東京です", "reason": "stop", "tokens": 12},
                          "stream": {"text": "Tokyo", "tokens": 12},
                          "tool": {"city": "Tokyo", "answer": "14 million people"},
                          "error": {"kind": "NotFoundError", "status": 404, "code": "model_not_found", "type": "invalid_request_error"},
                          "retried": "At last",
                          "broken": "Half an ",
                          "brokenError": "provider_failed"
                        }
                        """
                    ),
                    _unescaped
                )
            );
    }

    private static Reply ToolCall(string escapedArguments) =>
        Reply.Stream(
            Part.Data(
                $$$$"""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"population","arguments":"{{{{escapedArguments}}}}"}}]},"finish_reason":null}]}"""
            ),
            Part.FinishWith("tool_calls"),
            Part.Done
        );
}
