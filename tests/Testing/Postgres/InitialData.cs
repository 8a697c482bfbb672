using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>
/// A cluster's data as <c>initdb</c> makes it, kept beside the tests' own output: to copy it takes a tenth of the time.
/// </summary>
internal static class InitialData
{
    private static readonly string _kept = Path.Combine(AppContext.BaseDirectory, "postgres");

    /// <summary>Copies it, if it has been kept by an earlier cluster of the same programs and arguments.</summary>
    /// <returns>Whether there was something to copy.</returns>
    public static bool TryCopyTo(string data, IEnumerable<string> arguments)
    {
        var kept = PathOf(arguments);
        if (!Directory.Exists(kept))
            return false;
        UnixProcess.Copy(kept, data);
        if (PostgresBinaries.User is { } user)
            UnixProcess.GiveTo(data, user);
        return true;
    }

    /// <summary>Keeps new data for the next cluster; whoever is first does.</summary>
    public static void Keep(string data, IEnumerable<string> arguments)
    {
        var kept = PathOf(arguments);
        Directory.CreateDirectory(_kept);
        // Under a name of its own until it is whole: others may be looking for it now.
        var copy = Path.Combine(_kept, RandomNumberGenerator.GetHexString(8, lowercase: true));
        UnixProcess.Copy(data, copy);
        try
        {
            Directory.Move(copy, kept);
        }
        catch (IOException) when (Directory.Exists(kept))
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    // Other programs or other arguments make other data.
    private static string PathOf(IEnumerable<string> arguments)
    {
        var program = new FileInfo(Path.Combine(PostgresBinaries.Directory!, "postgres"));
        var made = string.Create(
            CultureInfo.InvariantCulture,
            $"{program.FullName}\0{program.Length}\0{program.LastWriteTimeUtc.Ticks}\0{string.Join('\0', arguments)}"
        );
        return Path.Combine(_kept, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(made))[..8]));
    }
}
