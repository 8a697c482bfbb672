using System.Text.Json.Serialization;

namespace QrAi.Application.Callers;

/// <summary>How a caller has authenticated.</summary>
public enum CallerAuthentication
{
    /// <summary>Not at all: authentication is not required.</summary>
    None,

    /// <summary>By an API key.</summary>
    [JsonStringEnumMemberName("api-key")]
    ApiKey,

    /// <summary>By a token of the issuer.</summary>
    Jwt,
}
