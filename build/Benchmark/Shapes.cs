using System.Text.Json;
using System.Text.Json.Serialization;

namespace QrAi.Benchmark;

/// <summary>The request with the question.</summary>
internal sealed record Ask(string Question, Guid? SessionId);

/// <summary>A stored message.</summary>
internal sealed record Message(Guid Id, Guid SessionId, string Role, string Content);

/// <summary>The JSON answer.</summary>
internal sealed record Answered(Guid SessionId, Message Question, Message Answer);

/// <summary>The first event.</summary>
internal sealed record Started(Guid SessionId, Guid QuestionId, Guid AnswerId);

/// <summary>The event of a token.</summary>
internal sealed record Delta(string Text);

/// <summary>The last event.</summary>
internal sealed record Completed(Message Answer);

/// <summary>JSON without reflection, as in a minimal program.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Ask))]
[JsonSerializable(typeof(Answered))]
[JsonSerializable(typeof(Started))]
[JsonSerializable(typeof(Delta))]
[JsonSerializable(typeof(Completed))]
internal sealed partial class Shapes : JsonSerializerContext;
