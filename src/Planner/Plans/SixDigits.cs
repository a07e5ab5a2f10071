using System.Globalization;

namespace Planner.Plans;

/// <summary>Rounds to six significant digits, so that written numbers do not differ in the noise of the last bits.</summary>
public static class SixDigits
{
    public static double Round(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "a plan holds finite numbers only");
        var rounded = double.Parse(value.ToString("E5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return rounded == 0 ? 0 : rounded;
    }

    /// <summary>The rounded number as text without an exponent for sizes that occur.</summary>
    public static string Text(double value) => Round(value).ToString("R", CultureInfo.InvariantCulture);
}
