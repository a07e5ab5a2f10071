using System.Globalization;
using Planner.Cost.Units;

namespace Planner.Reports;

/// <summary>Numbers for people: four significant digits, invariant, GiB of 2^30 bytes.</summary>
internal static class Quantity
{
    public static string Number(double value, int digits = 4)
    {
        if (value == 0 || !double.IsFinite(value)) return value.ToString("0", CultureInfo.InvariantCulture);
        var decimals = digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        if (decimals <= 0)
        {
            var scale = Math.Pow(10, -decimals);
            return (Math.Round(value / scale) * scale).ToString("F0", CultureInfo.InvariantCulture);
        }

        return value.ToString("F" + Math.Min(decimals, 12).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    public static string Fixed(double value, int decimals) =>
        value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    public static string Time(Seconds time) => Math.Abs(time.Value) switch
    {
        0 => "0 s",
        < 1e-3 => Number(time.Value * 1e6) + " us",
        < 1 => Number(time.Milliseconds) + " ms",
        _ => Number(time.Value) + " s",
    };

    public static string Gib(Bytes bytes) => Fixed(bytes.Gib, 1) + " GiB";

    public static string Percent(double share) => Fixed(share * 100, 1) + " %";

    public static string Change(double share) => (share < 0 ? "-" : "+") + Fixed(Math.Abs(share) * 100, 1) + " %";

    /// <summary>Four significant digits without idle zeros, and a prefix from a million on.</summary>
    public static string Short(double value) => Math.Abs(value) < 1e6 ? Trim(value) : Count(value);

    /// <summary>An exact small count, or a large one with its prefix: 2.742M.</summary>
    public static string Count(double value) => Math.Abs(value) switch
    {
        < 1e6 => value.ToString("F0", CultureInfo.InvariantCulture),
        < 1e9 => Trim(value / 1e6) + "M",
        < 1e12 => Trim(value / 1e9) + "B",
        _ => Trim(value / 1e12) + "T",
    };

    /// <summary>A count with its noun: 1 node, 256 nodes. Words that need more than an s are not used; a library of word forms costs a tenth of a second at start.</summary>
    public static string Of(double count, string noun) => $"{Count(count)} {noun}{(count == 1 ? "" : "s")}";

    private static string Trim(double value)
    {
        var text = Number(value);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }
}
