using System.ComponentModel.DataAnnotations;
using QrAi.Application.Documents;
using QrAi.Application.Sessions;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.Streams;

/// <summary>The data of the event <c>started</c>: a provider has begun to answer.</summary>
/// <remarks>Only for the description, like the types below: <see cref="AnswerEventWriter"/> writes events without them.</remarks>
/// <param name="SessionId">The session.</param>
/// <param name="QuestionId">The question.</param>
/// <param name="AnswerId">The answer.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The model.</param>
internal sealed record AnswerStarted(Guid SessionId, Guid QuestionId, Guid AnswerId, string Provider, string Model);

/// <summary>The data of the event <c>sources</c>: what the run is given of documents. Its text refers to them by markers.</summary>
/// <param name="Passages">The passages: <c>[1]</c> is the first one.</param>
internal sealed record AnswerPassages(IReadOnlyList<PassageDto> Passages);

/// <summary>The data of the event <c>delta</c>: more text.</summary>
/// <param name="Text">The text that follows the text so far.</param>
internal sealed record AnswerDelta(string Text);

/// <summary>The data of the event <c>restarted</c>: the answer begins again, and the text so far is void.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The model.</param>
/// <param name="Reason">Why: the provider broke off, or the process that generated the answer died.</param>
internal sealed record AnswerRestarted(
    string Provider,
    string Model,
    [property: AllowedValues("provider_failed", "interrupted")] string Reason
);

/// <summary>The data of the event <c>completed</c>, the last one of an answer that is complete or was cancelled.</summary>
/// <param name="Answer">The answer.</param>
internal sealed record AnswerCompleted(MessageDto Answer);

/// <summary>The data of the event <c>failed</c>, the last one of an answer that failed.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Problem">Why it failed.</param>
internal sealed record AnswerFailed(MessageDto Answer, Problem Problem);
