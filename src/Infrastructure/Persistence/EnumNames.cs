using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Stores enumerations by their names in lower case, as callers see them.</summary>
internal static class EnumNames
{
    public static string Of<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    public static ValueConverter<T, string> LowerCase<T>()
        where T : struct, Enum => new(value => Of(value), text => Enum.Parse<T>(text, true));
}
