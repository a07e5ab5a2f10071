using System.Globalization;
using Planner.Plans;

namespace Planner.Gates;

/// <summary>What a rule allows of a metric.</summary>
internal abstract record Limit
{
    /// <summary>As the budget file says it, for example max 20.</summary>
    public abstract string Words { get; }

    /// <summary>What is expected, for people.</summary>
    /// <param name="was">The number compared with; null where the limit needs none.</param>
    public abstract string Expected(double? was);
}

internal sealed record AtMost(double Value) : Limit
{
    public override string Words => "max " + SixDigits.Text(Value);

    public override string Expected(double? was) => "at most " + SixDigits.Text(Value);
}

internal sealed record AtLeast(double Value) : Limit
{
    public override string Words => "min " + SixDigits.Text(Value);

    public override string Expected(double? was) => "at least " + SixDigits.Text(Value);
}

internal sealed record EqualTo(double Value) : Limit
{
    public override string Words => "equals " + SixDigits.Text(Value);

    public override string Expected(double? was) => SixDigits.Text(Value);
}

/// <summary>How much more than before is too much: both the percentage and the amount must be exceeded, so that noise of a small number is none.</summary>
/// <param name="Percent">Null where only the amount counts.</param>
/// <param name="Amount">In the metric's unit; null where only the percentage counts.</param>
internal sealed record Increase(double? Percent, double? Amount) : Limit
{
    // Less than the rounding of a plan file's numbers.
    private const double Slack = 1e-9;

    public override string Words => string.Join(", ", Parts("max_increase_percent ", "max_increase ", ""));

    /// <summary>The change that is still allowed, either way.</summary>
    public double Tolerance(double was) => Math.Max(Math.Abs(was) * (Percent ?? 0) / 100, Amount ?? 0) * (1 + Slack);

    public override string Expected(double? was) => was is { } number
        ? string.Create(CultureInfo.InvariantCulture, $"at most {SixDigits.Text(number + Math.Max(Math.Abs(number) * (Percent ?? 0) / 100, Amount ?? 0))}")
        : "at most " + string.Join(" and ", Parts("+", "+", " %")) + " more";

    private IEnumerable<string> Parts(string percent, string amount, string sign)
    {
        if (Percent is { } share) yield return percent + SixDigits.Text(share) + sign;
        if (Amount is { } number) yield return amount + SixDigits.Text(number);
    }
}
