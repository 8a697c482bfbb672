using System.Globalization;

namespace QrAi.Harness;

/// <summary>Parses and formats numbers, independent of the culture.</summary>
internal static class Text
{
    public static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    public static string Of(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Formats with about three significant digits, the precision of the measurements.</summary>
    public static string Of(double value) =>
        Math.Abs(value) switch
        {
            double.NaN => "–",
            >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
            >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
            _ => value.ToString("0.00", CultureInfo.InvariantCulture),
        };
}
