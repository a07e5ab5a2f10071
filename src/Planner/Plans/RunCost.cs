namespace Planner.Plans;

/// <summary>What a whole training run takes.</summary>
/// <param name="Tokens">Tokens.</param>
/// <param name="Days">Wall time, without interruptions.</param>
/// <param name="GpuHours">GPU-hours.</param>
/// <param name="Dollars">US dollars; null where the machine's price is unknown.</param>
public sealed record RunCost(double Tokens, double Days, double GpuHours, double? Dollars)
{
    /// <summary>Null where the run's tokens are unknown.</summary>
    public static RunCost? Of(Plan plan)
    {
        if (plan.Request.Tokens is not { } tokens) return null;
        var hours = plan.Estimate.GpuHoursPerTrillionTokens * tokens / 1e12;
        return new RunCost(tokens, hours / plan.Layout.Degrees.Gpus / 24, hours, plan.Machine.PricePerGpuHour * hours);
    }
}
