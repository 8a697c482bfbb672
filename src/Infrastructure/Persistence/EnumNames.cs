using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Stores enumerations by their names in lower case, as callers see them.</summary>
internal static class EnumNames
{
    public static ValueConverter<T, string> LowerCase<T>()
        where T : struct, Enum => new(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<T>(text, true));
}
