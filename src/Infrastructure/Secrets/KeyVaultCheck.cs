using System.Globalization;
using QrAi.Application.Checks;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Secrets;

/// <summary>
/// Reports the result of reading the key vault, which the settings have already done; never the value of a secret.
/// </summary>
internal sealed class KeyVaultCheck(SettingsResult settings) : IDeploymentCheck
{
    public string Name => CheckNames.KeyVault;

    public bool IsConfigured => settings.KeyVault is not null;

    public Task<CheckOutcome> RunAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            settings.KeyVault switch
            {
                null => CheckOutcome.Failed(
                    "There is no key vault.",
                    $"Set {KeyVaultOptions.UrlName}, like https://name.vault.azure.net."
                ),
                { Fault: { } fault } vault => CheckOutcome.Failed(
                    $"The {vault.Name} {fault.Problem}.",
                    $"{char.ToUpperInvariant(fault.Next[0])}{fault.Next[1..]}."
                ),
                var vault => Describe(vault),
            }
        );

    private static CheckOutcome Describe(KeyVaultResult vault)
    {
        var facts = vault
            .Values.Keys.Select(name => (Name: name, State: "is set"))
            .Concat(vault.Unusable.Select(one => (Name: one.Key, State: one.Value)))
            .OrderBy(one => one.Name, StringComparer.Ordinal)
            .ToDictionary(one => one.Name, one => one.State);
        var names = vault.Values.Count == 0 ? "no setting" : string.Join(", ", vault.Values.Keys.Order());
        var unusable = string.Concat(vault.Unusable.OrderBy(one => one.Key).Select(one => $"; {one.Key} {one.Value}"));
        return CheckOutcome.Ok(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The {vault.Name} has {names}{unusable}; read in {vault.Duration.TotalMilliseconds:0} ms."
            )
        ) with
        {
            Facts = facts,
        };
    }
}
