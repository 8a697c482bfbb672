using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Azure;
using Azure.Identity;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Secrets;

/// <summary>
/// What a vault that can not be read means to an operator, and what to do next. The libraries' own messages are not
/// shown: they have whole requests in them.
/// </summary>
internal static class KeyVaultFaults
{
    private const string GiveCredential =
        "give this machine a managed identity, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET "
        + "(a developer: az login)";

    /// <summary>A token was still waited for when the time was over.</summary>
    public static KeyVaultFault NoTokenInTime { get; } =
        new("can not be asked, because Azure gave no token in time", GiveCredential);

    /// <summary>Whether an exception is what a vault, its credential or the network does.</summary>
    public static bool CanDescribe(Exception exception) =>
        exception
            is RequestFailedException
                or AuthenticationFailedException
                or AggregateException
                or OperationCanceledException
                or HttpRequestException
                or IOException
                // The library's, about challenges and responses that are no vault's.
                or InvalidOperationException
                or KeyNotFoundException
                or FormatException
                or JsonException;

    /// <summary>Describes what ended a reading.</summary>
    /// <param name="exception">It.</param>
    /// <param name="last">What went wrong last, which tells more than the end of the time limit.</param>
    /// <param name="options">Of the reading.</param>
    public static KeyVaultFault Describe(Exception exception, KeyVaultFault? last, KeyVaultOptions options) =>
        exception switch
        {
            // Before what it derives from; a limit that ends the search for a credential is told by this as well.
            CredentialUnavailableException => new(
                "can not be asked, because no Azure credential was found",
                GiveCredential
            ),
            AuthenticationFailedException => new(
                "can not be asked, because Azure did not accept the credential",
                "see whether the identity is still there and its secret has not expired"
            ),
            RequestFailedException { Status: > 0 } refused => OfStatus(
                refused.Status,
                refused.GetRawResponse()?.ReasonPhrase,
                ReasonIn(refused)
            )!,
            AggregateException { InnerExceptions: [.., var final] } => Describe(final, last, options),
            OperationCanceledException when last is not null => last,
            OperationCanceledException => new(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"did not answer within {options.Timeout.TotalSeconds} s"
                ),
                $"see whether this machine reaches it on port 443 (firewall, private endpoint), or raise {KeyVaultOptions.TimeoutName}"
            ),
            _ => OfConnection(exception) ?? NoVault,
        };

    /// <summary>What a response means; null for one that is as it should be.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="phrase">The status in words.</param>
    /// <param name="reason">The vault's own code for it.</param>
    public static KeyVaultFault? OfStatus(int status, string? phrase, string? reason)
    {
        var said = string.Join(
            ": ",
            new[] { $"{status} {phrase}".Trim(), reason }.Where(part => !string.IsNullOrEmpty(part))
        );
        return status switch
        {
            < 400 => null,
            401 => new($"did not accept the credential ({said})", "see whether the identity is of the vault's tenant"),
            403 when reason == "ForbiddenByFirewall" => new(
                $"refused this machine's address ({said})",
                "let it through in the vault's network settings"
            ),
            403 => new($"refused to be read ({said})", "grant the identity \"Key Vault Secrets User\" there"),
            404 => NoVault,
            429 => new($"is too busy ({said})", "try again in a minute, and start fewer services at once"),
            _ => new($"failed ({said})", "try again, and see Azure's status"),
        };
    }

    /// <summary>What kept a request from being answered; null if it was something else.</summary>
    public static KeyVaultFault? OfConnection(Exception exception)
    {
        // Whoever gives up breaks the connection off as well.
        if (exception is OperationCanceledException)
            return null;
        for (var cause = exception; cause is not null; cause = cause.InnerException)
            switch (cause)
            {
                case AuthenticationException:
                    return new(
                        "can not be trusted: its certificate is not valid here",
                        "see who answers in its place (proxy), this machine's clock and its certificates (SSL_CERT_FILE)"
                    );
                case HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }:
                case SocketException
                {
                    SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData
                }:
                    return new(
                        "is not found: nobody knows its name",
                        $"correct {KeyVaultOptions.UrlName}, or this machine's DNS (private endpoint)"
                    );
                case HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }:
                case SocketException:
                    return new(
                        "can not be reached: no connection",
                        "see whether this machine reaches it on port 443 (firewall, private endpoint)"
                    );
                case IOException:
                    return new("broke the connection off", "try again, and see what is between this machine and it");
                default:
                    continue;
            }

        return null;
    }

    private static KeyVaultFault NoVault { get; } =
        new("does not answer as a key vault does", $"correct {KeyVaultOptions.UrlName}");

    /// <summary>The code in the error that is most exact, which is one of the vault's words and no secret.</summary>
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
            return null; // it does not say
        }
    }
}
