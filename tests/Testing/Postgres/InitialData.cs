using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>
/// A cache of the data that <c>initdb</c> creates, beside the output of the tests: a copy takes a tenth of the time.
/// </summary>
internal static class InitialData
{
    private static readonly string _cache = Path.Combine(AppContext.BaseDirectory, "postgres");

    /// <summary>Copies the data that an earlier cluster of the same programs and arguments saved.</summary>
    /// <returns>Whether there was data to copy.</returns>
    public static bool TryCopyTo(string data, IEnumerable<string> arguments)
    {
        var saved = PathOf(arguments);
        if (!Directory.Exists(saved))
            return false;
        UnixProcess.Copy(saved, data);
        if (PostgresBinaries.User is { } user)
            UnixProcess.ChangeOwner(data, user);
        return true;
    }

    /// <summary>Saves new data for later clusters, unless another run saved it first.</summary>
    public static void Save(string data, IEnumerable<string> arguments)
    {
        var saved = PathOf(arguments);
        Directory.CreateDirectory(_cache);
        // Under a temporary name until it is complete, because other runs may look for it.
        var copy = Path.Combine(_cache, RandomNumberGenerator.GetHexString(8, lowercase: true));
        UnixProcess.Copy(data, copy);
        try
        {
            Directory.Move(copy, saved);
        }
        catch (IOException) when (Directory.Exists(saved))
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    // The data depends on the programs and the arguments.
    private static string PathOf(IEnumerable<string> arguments)
    {
        var program = new FileInfo(Path.Combine(PostgresBinaries.Directory!, "postgres"));
        var origin = string.Create(
            CultureInfo.InvariantCulture,
            $"{program.FullName}\0{program.Length}\0{program.LastWriteTimeUtc.Ticks}\0{string.Join('\0', arguments)}"
        );
        return Path.Combine(_cache, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin))[..8]));
    }
}
