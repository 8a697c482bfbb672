using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace QrAi.Tests.Testing;

/// <summary>
/// Polls until a condition holds, with a time limit. No other code of the tests polls: whatever can be awaited is
/// awaited instead.
/// </summary>
public static class Eventually
{
    /// <summary>The default limit: only failing tests reach it, so it is long enough for a busy machine.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits until <paramref name="condition"/> is true; an exception counts as false.</summary>
    /// <exception cref="TimeoutException">It did not become true; the inner exception is the last thrown.</exception>
    public static Task Holds(
        Func<Task<bool>> condition,
        TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(condition))] string expression = ""
    ) => Value(condition, holds => holds, limit, expression);

    /// <inheritdoc cref="Holds(Func{Task{bool}}, TimeSpan?, string)"/>
    public static Task Holds(
        Func<bool> condition,
        TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(condition))] string expression = ""
    ) => Value(() => Task.FromResult(condition()), holds => holds, limit, expression);

    /// <summary>Reads until there is a value, and returns it; an exception counts as no value.</summary>
    /// <exception cref="TimeoutException">There was none in time; the inner exception is the last thrown.</exception>
    public static async Task<T> Value<T>(
        Func<Task<T?>> read,
        TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(read))] string expression = ""
    )
        where T : class => (await Value(read, value => value is not null, limit, expression))!;

    /// <summary>Reads until <paramref name="accept"/> accepts the value; an exception counts as no value.</summary>
    /// <exception cref="TimeoutException">
    /// No value was accepted; the message contains the last value, the inner exception is the last one thrown.
    /// </exception>
    public static async Task<T> Value<T>(
        Func<Task<T>> read,
        Predicate<T> accept,
        TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(read))] string expression = ""
    )
    {
        var (bound, clock) = (limit ?? DefaultLimit, Stopwatch.StartNew());
        using var timer = new PeriodicTimer(_interval, TimeProvider.System);
        var (last, tries, thrown) = ("none", 0, default(Exception));
        do
        {
            tries++;
            try
            {
                // A read that hangs must not exceed the limit; the first read runs even with a limit of zero.
                var left = bound - clock.Elapsed;
                var value = await read().WaitAsync(left > _interval ? left : _interval);
                (last, thrown) = (value?.ToString() ?? "null", null);
                if (accept(value))
                    return value;
            }
#pragma warning disable CA1031 // the exception is reported at the limit
            catch (Exception e)
#pragma warning restore CA1031
            {
                (last, thrown) = ($"{e.GetType().Name}: {e.Message}", e);
            }
        } while (clock.Elapsed < bound && await timer.WaitForNextTickAsync());

        var seconds = bound.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        throw new TimeoutException(
            $"Not within {seconds} s, {tries} tries: {expression.ReplaceLineEndings(" ")}. Last: {last}",
            thrown
        );
    }
}
