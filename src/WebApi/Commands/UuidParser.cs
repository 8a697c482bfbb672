using System.CommandLine.Parsing;

namespace QrAi.WebApi.Commands;

/// <summary>Parses ids of the command line, and reports invalid ones.</summary>
internal static class UuidParser
{
    /// <summary>Parses the id of an argument or an option.</summary>
    /// <param name="result">The argument.</param>
    /// <returns>The id; an empty one if it is invalid, with an error added to the result.</returns>
    public static Guid Parse(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (Guid.TryParse(text, out var id))
            return id;
        var name = result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;
        result.AddError($"{name} must be a UUID, not '{text}'.");
        return default;
    }
}
