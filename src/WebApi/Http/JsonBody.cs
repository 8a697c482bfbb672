using System.Text.Json;

namespace QrAi.WebApi.Http;

/// <summary>Reads bodies for the surfaces that have errors of their own.</summary>
internal static class JsonBody
{
    /// <summary>Reads a body.</summary>
    /// <returns>What it says; null where it says <c>null</c>.</returns>
    /// <exception cref="BadHttpRequestException">It is no JSON, or not said to be, or does not come whole.</exception>
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
