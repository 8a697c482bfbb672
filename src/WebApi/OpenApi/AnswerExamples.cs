using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using QrAi.Application.Generations;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.OpenApi;

/// <summary>Examples of the events of an answer.</summary>
internal static class AnswerExamples
{
    /// <summary>The events of an answer.</summary>
    public static EventStream Stream { get; } =
        new(
            "Server-sent events: `started`, `sources` with the passages of documents that the run is given, if there are any, "
                + "`delta` with more text, `restarted` where the answer begins again and the text so "
                + "far is void, and last `completed` or `failed`. The id of `started` and `restarted` is `RUN`, the number of "
                + "the run from 1; that of `sources` is `RUN.0`; that of a `delta` is `RUN.OFFSET`, the number of UTF-16 code units of the run's text up "
                + "to its end; that of the last event is `RUN.OFFSET.end`. A comment line is sent after every 15 s of "
                + "silence, also before the first event.",
            new Dictionary<string, Type>
            {
                ["started"] = typeof(AnswerStarted),
                ["sources"] = typeof(AnswerPassages),
                ["delta"] = typeof(AnswerDelta),
                ["restarted"] = typeof(AnswerRestarted),
                ["completed"] = typeof(AnswerCompleted),
                ["failed"] = typeof(AnswerFailed),
            },
            Write
        );

    private static string Write(IServiceProvider services)
    {
        var answer = Examples.CitingAnswer;
        var json = services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        return StreamExample.Write(output =>
        {
            using var writer = new AnswerEventWriter(
                new GenerationIdentity(answer.Id, Owner: "", answer.CreatedAt, answer.SessionId, answer.QuestionId),
                () => answer,
                output,
                json,
                failed => Problem.Of(ErrorMap.Describe(failed), ErrorExamples.TraceId)
            );
            writer.Started(new GenerationStart(1, answer.Provider!, answer.Model!));
            writer.Sources(answer.Sources!, new Position(1, 0));
            writer.Text(answer.Content.AsSpan(0, 2), new Position(1, 2));
            writer.Text(answer.Content.AsSpan(2), new Position(1, answer.Content.Length));
            writer.Ended(GenerationEnd.Of(answer), new Position(1, answer.Content.Length, IsEnd: true));
            while (writer.WriteMore()) { }
        });
    }
}
