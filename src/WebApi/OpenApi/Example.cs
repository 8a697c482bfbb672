using System.Text.Json;

namespace QrAi.WebApi.OpenApi;

/// <summary>An example of a request or a response.</summary>
/// <param name="Name">Distinguishes the examples of a type.</param>
/// <param name="Value">The example, which is serialized as the service does it.</param>
/// <param name="Options">How it is serialized, where that is not by the JSON options of the service.</param>
internal sealed record Example(string Name, object Value, JsonSerializerOptions? Options = null);
