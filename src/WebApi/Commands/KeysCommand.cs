using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MediatR;
using QrAi.Application.Callers;
using QrAi.Domain.Callers;

namespace QrAi.WebApi.Commands;

/// <summary><c>keys</c>: creates, lists, rotates and revokes the API keys of callers.</summary>
internal static class KeysCommand
{
    public static Command Create(VerbRunner runner) =>
        new("keys", "Creates, lists, rotates and revokes the API keys by which callers authenticate.")
        {
            CreateVerb(runner),
            ListVerb(runner),
            RotateVerb(runner),
            RevokeVerb(runner),
        };

    private static Command CreateVerb(VerbRunner runner)
    {
        var name = new Argument<string>("NAME")
        {
            Description = "A name for the key, such as the program that uses it.",
        };
        var owner = new Option<string>("--owner")
        {
            Description =
                "The owner whose sessions the key can access; without it the name of the key. Keys can share an owner.",
            HelpName = "OWNER",
        };
        var expires = new Option<DateTimeOffset?>("--expires")
        {
            Description =
                "When the key expires: a date or a time, in UTC unless it has an offset, or a time from now such as 90d, 24h or 30m.",
            HelpName = "TIME",
            CustomParser = result =>
            {
                var text = result.Tokens.Single().Value;
                if (DurationParser.TryParse(text) is { } duration)
                    return TimeProvider.System.GetUtcNow() + duration;
                if (
                    DateTimeOffset.TryParse(
                        text,
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                        out var time
                    )
                )
                    return time;
                result.AddError(
                    $"--expires must be a date or a time such as 2027-01-31, or {DurationParser.Format}, not '{text}'."
                );
                return null;
            },
        };
        var share = new Option<bool>("--share")
        {
            Description = "Callers with the key may add and delete documents that all owners can read.",
        };
        var limit = new Option<SpendingLimit[]>("--limit")
        {
            Description =
                "The most that the providers' answers may use: an amount of USD or tokens by minute, hour, day or month (UTC), such as \"5 USD/month\" or \"200000 tokens/day\". It may be given several times.",
            HelpName = "LIMIT",
            CustomParser = ParseLimits,
        };
        var command = new Command("create", "Creates a key and prints it once: only its hash is stored.")
        {
            name,
            owner,
            expires,
            share,
            limit,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunOnDatabaseAsync(
                    (sender, terminal, stop) =>
                        CreateAsync(
                            new CreateKey(
                                parsed.GetValue(name),
                                parsed.GetValue(owner),
                                parsed.GetValue(expires),
                                parsed.GetValue(share),
                                parsed.GetValue(limit)
                            ),
                            sender,
                            terminal,
                            stop
                        ),
                    cancellationToken
                )
        );
        return command;
    }

    private static SpendingLimit[] ParseLimits(ArgumentResult result)
    {
        var limits = new List<SpendingLimit>();
        foreach (var token in result.Tokens)
            if (SpendingLimit.TryParse(token.Value) is { } limit)
                limits.Add(limit);
            else
                result.AddError($"--limit must be {SpendingLimit.Format}, not '{token.Value}'.");
        return [.. limits];
    }

    private static Command ListVerb(VerbRunner runner)
    {
        var command = new Command("list", "Prints each key: id, state, owner, creation, last use, expiry, name.");
        command.SetAction((_, cancellationToken) => runner.RunOnDatabaseAsync(ListAsync, cancellationToken));
        return command;
    }

    private static Command RotateVerb(VerbRunner runner)
    {
        var id = new Argument<Guid>("ID")
        {
            Description = "The key, as list prints it.",
            CustomParser = UuidParser.Parse,
        };
        var keep = new Option<TimeSpan>("--keep")
        {
            Description = "How long the old key is still accepted, such as 7d, 24h or 30m; 0 revokes it.",
            HelpName = "TIME",
            DefaultValueFactory = _ => TimeSpan.FromHours(24),
            CustomParser = DurationParser.Parse,
        };
        var command = new Command(
            "rotate",
            "Replaces a key by a new one with the same name, owner, rights and expiry, and prints it once."
        )
        {
            id,
            keep,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunOnDatabaseAsync(
                    (sender, terminal, stop) =>
                        RotateAsync(new RotateKey(parsed.GetValue(id), parsed.GetValue(keep)), sender, terminal, stop),
                    cancellationToken
                )
        );
        return command;
    }

    private static Command RevokeVerb(VerbRunner runner)
    {
        var id = new Argument<Guid>("ID")
        {
            Description = "The key, as list prints it.",
            CustomParser = UuidParser.Parse,
        };
        var command = new Command("revoke", "Refuses a key within two seconds, in every process.") { id };
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunOnDatabaseAsync(
                    async (sender, terminal, stop) =>
                    {
                        var key = await sender.Send(new RevokeKey(parsed.GetValue(id)), stop);
                        await terminal.Output.WriteLineAsync($"revoked {key.Id} {key.Name}");
                        return ExitCode.Done;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> CreateAsync(
        CreateKey request,
        ISender sender,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        var created = await sender.Send(request, cancellationToken);
        // The key alone, so that it can be piped into a secret store.
        await terminal.Output.WriteLineAsync(created.Secret);
        await terminal.Error.WriteLineAsync(
            $"Key {created.Key.Id} of owner {created.Key.Owner}, valid {Until(created.Key)}. It is shown only now."
        );
        return ExitCode.Done;
    }

    private static async Task<int> RotateAsync(
        RotateKey request,
        ISender sender,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        var (old, created) = await sender.Send(request, cancellationToken);
        await terminal.Output.WriteLineAsync(created.Secret);
        var end = old.RevokedAt is null ? $"is accepted {Until(old)}" : "is revoked";
        await terminal.Error.WriteLineAsync(
            $"Key {created.Key.Id} of owner {created.Key.Owner}, valid {Until(created.Key)}, replaces {old.Id}, which {end}. "
                + "It is shown only now."
        );
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(ISender sender, Terminal terminal, CancellationToken cancellationToken)
    {
        foreach (var key in await sender.Send(new ListKeys(), cancellationToken))
            await terminal.Output.WriteLineAsync(
                $"{key.Id}  {State(key), -7}  {key.Owner}  made {Time(key.CreatedAt)}  "
                    + $"used {(key.LastUsedAt is { } used ? Time(used) : "never")}  {Until(key)}{(key.MayShare ? "  may share" : "")}{string.Concat(key.Limits.Select(limit => $"  {limit}"))}  {key.Name}"
            );
        return ExitCode.Done;
    }

    private static string State(KeyDto key) =>
        key.IsUsable ? "valid"
        : key.RevokedAt is null ? "expired"
        : "revoked";

    private static string Until(KeyDto key) => key.ExpiresAt is { } end ? $"until {Time(end)}" : "for good";

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
