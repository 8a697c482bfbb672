using System.Text.Encodings.Web;
using System.Text.Json;

namespace QrAi.WebApi.Errors;

/// <summary>
/// An error as OpenAI's clients read it, <c>{"error":{"message","type","param","code"}}</c>:
/// https://platform.openai.com/docs/guides/error-codes.
/// </summary>
internal static class OpenAiError
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a request is of a client of OpenAI's.</summary>
    public static bool IsExpectedBy(HttpRequest request) => request.Path.StartsWithSegments("/v1");

    /// <summary>Writes it as a response's body.</summary>
    public static async Task WriteAsync(HttpResponse response, ErrorDescription error)
    {
        response.ContentType = "application/json; charset=utf-8";
        await using (var json = new Utf8JsonWriter(response.BodyWriter, Json))
            Write(json, error);
        await response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted);
    }

    /// <summary>Writes it as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, ErrorDescription error)
    {
        var (field, rules) = error.Fields?.FirstOrDefault() ?? default;
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, field is null ? error.Detail : $"{field} {string.Join("; ", rules!)}");
        json.WriteString("type"u8, TypeOf(error.Kind.Status));
        json.WriteString("param"u8, field);
        json.WriteString("code"u8, error.Kind.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string TypeOf(int status) =>
        status switch
        {
            StatusCodes.Status401Unauthorized => "authentication_error",
            StatusCodes.Status403Forbidden => "permission_error",
            StatusCodes.Status429TooManyRequests => "rate_limit_error",
            >= StatusCodes.Status500InternalServerError => "server_error",
            _ => "invalid_request_error",
        };
}
