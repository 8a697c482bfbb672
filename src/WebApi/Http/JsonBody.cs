using System.Text.Json;

namespace QrAi.WebApi.Http;

/// <summary>Reads JSON bodies for APIs with their own format of errors.</summary>
internal static class JsonBody
{
    /// <summary>Reads a body.</summary>
    /// <returns>The value; null if the body is <c>null</c>.</returns>
    /// <exception cref="BadHttpRequestException">If the body is not JSON, or is incomplete.</exception>
    public static async Task<T?> ReadAsync<T>(
        HttpRequest http,
        JsonSerializerOptions options,
        CancellationToken cancellationToken
    )
    {
        if (!http.HasJsonContentType())
            throw new BadHttpRequestException("", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            return await http.ReadFromJsonAsync<T>(options, cancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or IOException and not BadHttpRequestException)
        {
            throw new BadHttpRequestException("", exception);
        }
    }
}
