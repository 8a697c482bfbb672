using System.CommandLine.Parsing;

namespace QrAi.WebApi.Commands;

/// <summary>Reads ids of the command line, and says of one that cannot be used what it must be.</summary>
internal static class UuidParser
{
    /// <summary>Reads the id that an argument or an option has.</summary>
    /// <param name="result">What was given.</param>
    /// <returns>The id; of what is none the empty one, with the error noted.</returns>
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
