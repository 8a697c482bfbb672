using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Azure;
using Azure.Identity;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Secrets;

/// <summary>
/// Describes why a key vault cannot be read, and what an operator can do. The libraries' own messages are not shown, as they
/// contain whole requests.
/// </summary>
internal static class KeyVaultFaults
{
    private const string GiveCredential =
        "give this machine a managed identity, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET "
        + "(a developer: az login)";

    /// <summary>The fault if no token was issued within the time limit.</summary>
    public static KeyVaultFault NoTokenInTime { get; } =
        new("cannot be read, because Azure issued no token in time", GiveCredential);

    /// <summary>Whether the vault, its credential or the network caused an exception.</summary>
    public static bool CanDescribe(Exception exception) =>
        exception
            is RequestFailedException
                or AuthenticationFailedException
                or AggregateException
                or OperationCanceledException
                or HttpRequestException
                or IOException
                // The library throws these for challenges and responses that are not those of a vault.
                or InvalidOperationException
                or KeyNotFoundException
                or FormatException
                or JsonException;

    /// <summary>Describes the exception that ended a reading.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="last">The last fault of a request, which is more specific than the time limit.</param>
    /// <param name="options">The options of the reading.</param>
    public static KeyVaultFault Describe(Exception exception, KeyVaultFault? last, KeyVaultOptions options) =>
        exception switch
        {
            // It precedes its base class. The library also throws it if the time limit ends the search for a credential.
            CredentialUnavailableException => new(
                "cannot be read, because no Azure credential was found",
                GiveCredential
            ),
            AuthenticationFailedException => new(
                "cannot be read, because Azure rejected the credential",
                "check that the identity exists and its secret has not expired"
            ),
            RequestFailedException { Status: > 0 } failed => OfStatus(
                failed.Status,
                failed.GetRawResponse()?.ReasonPhrase,
                ReasonIn(failed)
            )!,
            AggregateException { InnerExceptions: [.., var final] } => Describe(final, last, options),
            OperationCanceledException when last is not null => last,
            OperationCanceledException => new(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"did not answer within {options.Timeout.TotalSeconds} s"
                ),
                $"check that this machine can reach it on port 443 (firewall, private endpoint), or raise {KeyVaultOptions.TimeoutName}"
            ),
            _ => OfConnection(exception) ?? NoVault,
        };

    /// <summary>Describes a response; null for a successful one.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="phrase">The reason phrase.</param>
    /// <param name="reason">The vault's error code; null if there is none.</param>
    public static KeyVaultFault? OfStatus(int status, string? phrase, string? reason)
    {
        var detail = string.Join(
            ": ",
            new[] { $"{status} {phrase}".Trim(), reason }.Where(part => !string.IsNullOrEmpty(part))
        );
        return status switch
        {
            < 400 => null,
            401 => new($"rejected the credential ({detail})", "check that the identity belongs to the vault's tenant"),
            403 when reason == "ForbiddenByFirewall" => new(
                $"rejected this machine's address ({detail})",
                "allow it in the vault's network settings"
            ),
            403 => new($"denied access ({detail})", "grant the identity the role \"Key Vault Secrets User\""),
            404 => NoVault,
            429 => new($"is too busy ({detail})", "try again in a minute, and start fewer services at once"),
            _ => new($"failed ({detail})", "try again, and check Azure's status"),
        };
    }

    /// <summary>Describes a connection failure; null for another exception.</summary>
    public static KeyVaultFault? OfConnection(Exception exception)
    {
        // A cancellation closes the connection too, but is not a fault of the connection.
        if (exception is OperationCanceledException)
            return null;
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            switch (cause)
            {
                case AuthenticationException:
                    return new(
                        "cannot be trusted: its certificate is not valid on this machine",
                        "check for a proxy in between, this machine's clock and its certificates (SSL_CERT_FILE)"
                    );
                case HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }:
                case SocketException
                {
                    SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData
                }:
                    return new(
                        "was not found: its host name cannot be resolved",
                        $"correct {KeyVaultOptions.UrlName}, or this machine's DNS (private endpoint)"
                    );
                case HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }:
                case SocketException:
                    return new(
                        "cannot be reached: no connection",
                        "check that this machine can reach it on port 443 (firewall, private endpoint)"
                    );
                case IOException:
                    return new("closed the connection", "try again, and check the network between this machine and it");
                default:
                    continue;
            }

        return null;
    }

    private static KeyVaultFault NoVault { get; } =
        new("does not respond like a key vault", $"correct {KeyVaultOptions.UrlName}");

    /// <summary>Returns the most specific error code of the vault, which contains no secret; null if there is none.</summary>
    private static string? ReasonIn(RequestFailedException exception)
    {
        try
        {
            if (exception.GetRawResponse()?.Content is not { } content)
                return null;
            using var json = JsonDocument.Parse(content);
            var error = json.RootElement.GetProperty("error");
            return error.TryGetProperty("innererror", out var inner) && inner.ValueKind == JsonValueKind.Object
                ? inner.GetProperty("code").GetString()
                : error.GetProperty("code").GetString();
        }
        catch (Exception malformed)
            when (malformed is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
