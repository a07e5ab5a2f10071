using System.Globalization;

namespace Planner.Tests;

/// <summary>A culture that writes 1.234,5, whatever cultures the machine knows.</summary>
internal sealed class CommaDecimals : IDisposable
{
    private readonly CultureInfo before = CultureInfo.CurrentCulture;

    public CommaDecimals()
    {
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        german.NumberFormat.NumberDecimalSeparator = ",";
        german.NumberFormat.NumberGroupSeparator = ".";
        german.NumberFormat.PercentDecimalSeparator = ",";
        german.NumberFormat.NegativeSign = "~";
        CultureInfo.CurrentCulture = german;
    }

    public void Dispose() => CultureInfo.CurrentCulture = before;
}
