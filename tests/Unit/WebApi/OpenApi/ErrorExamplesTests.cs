using QrAi.WebApi.Errors;
using QrAi.WebApi.OpenApi;

namespace QrAi.Tests.Unit.WebApi.OpenApi;

public sealed class ErrorExamplesTests
{
    private static IEnumerable<string> Codes { get; } = ErrorKind.All.Select(kind => kind.Code);

    [TestCaseSource(nameof(Codes))]
    public void Every_code_has_an_example_with_its_status_and_title(string code)
    {
        var kind = ErrorKind.ByCode(code);

        var problem = Problem.Of(ErrorExamples.Of(kind), ErrorExamples.TraceId);

        (problem.Code, problem.Status, problem.Title).ShouldBe((kind.Code, kind.Status, kind.Title));
        OpenAiError.Of(ErrorExamples.OfOpenAi(kind)).Error.Code.ShouldBe(kind.Code);
    }
}
