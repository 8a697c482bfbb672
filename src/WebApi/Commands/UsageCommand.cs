using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using MediatR;
using QrAi.Application.Usage;
using QrAi.WebApi.Endpoints;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.Commands;

/// <summary><c>usage</c>: prints what calls of providers for all owners used.</summary>
internal static class UsageCommand
{
    private static readonly JsonSerializerOptions Json = CreateJson();

    public static Command Create(VerbRunner runner)
    {
        var groupings = Enum.GetNames<ServiceUsageGrouping>().Select(name => name.ToLowerInvariant()).ToArray();
        var by = new Option<string>("--by")
        {
            Description = $"What to sum by: {string.Join(", ", groupings)}; without it day.",
            HelpName = string.Join('|', groupings),
            DefaultValueFactory = _ => groupings[0],
        };
        by.AcceptOnlyFromAmong(groupings);
        var from = DateOption("--from", "The first day, in UTC; without it there are 30 days in all.");
        var to = DateOption("--to", "The last day, in UTC; without it today.");
        var json = new Option<bool>("--json") { Description = "Print one JSON document in place of a table." };
        var command = new Command(
            "usage",
            "Prints what calls of providers used, of all owners: questions, tokens and costs in US dollars, with their total."
        )
        {
            by,
            from,
            to,
            json,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunOnDatabaseAsync(
                    (sender, terminal, stop) =>
                        PrintAsync(
                            new ReportUsage(
                                parsed.GetValue(from),
                                parsed.GetValue(to),
                                Enum.Parse<ServiceUsageGrouping>(parsed.GetValue(by)!, ignoreCase: true)
                            ),
                            parsed.GetValue(json),
                            sender,
                            terminal,
                            stop
                        ),
                    cancellationToken
                )
        );
        return command;
    }

    private static Option<DateOnly?> DateOption(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "YYYY-MM-DD",
            CustomParser = ParseDate,
        };

    private static DateOnly? ParseDate(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (RequestParameters.TryParseDate(text, out var date))
            return date;
        result.AddError(
            $"{((OptionResult)result.Parent!).Option.Name} must be a date such as 2026-11-28, not '{text}'."
        );
        return null;
    }

    private static async Task<int> PrintAsync(
        ReportUsage request,
        bool asJson,
        ISender sender,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        var report = await sender.Send(request, cancellationToken);
        if (asJson)
        {
            await terminal.Output.WriteLineAsync(JsonSerializer.Serialize(report, Json));
            return ExitCode.Done;
        }

        string[] header =
        [
            request.By.ToString().ToLowerInvariant(),
            "questions",
            "prompt tokens",
            "completion tokens",
            "cost in USD",
        ];
        var total = report.Total;
        List<string[]> rows =
        [
            header,
            .. report.Items.Select(item =>
                Row(item.Key, item.Questions, item.PromptTokens, item.CompletionTokens, item.Cost)
            ),
            Row("total", total.Questions, total.PromptTokens, total.CompletionTokens, total.Cost),
        ];
        var widths = header.Select((_, column) => rows.Max(row => row[column].Length)).ToList();
        foreach (var row in rows)
            await terminal.Output.WriteLineAsync(
                string.Join("  ", row.Select((cell, column) => Align(cell, column, widths[column])))
            );
        return ExitCode.Done;
    }

    private static string[] Row(string key, long questions, long prompt, long completion, decimal? cost) =>
        [
            key,
            questions.ToString(CultureInfo.InvariantCulture),
            prompt.ToString(CultureInfo.InvariantCulture),
            completion.ToString(CultureInfo.InvariantCulture),
            cost?.ToString(CultureInfo.InvariantCulture) ?? "unknown",
        ];

    private static string Align(string cell, int column, int width) =>
        column == 0 ? cell.PadRight(width) : cell.PadLeft(width);

    private static JsonSerializerOptions CreateJson()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        QrAiJson.Configure(json);
        return json;
    }
}
