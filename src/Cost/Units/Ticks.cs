namespace Planner.Cost.Units;

/// <summary>Time as integers, for graphs and the solver: 1 tick is 100 ns. Each duration is rounded once, so bounds stay below replays exactly.</summary>
public static class Ticks
{
    public const long PerSecond = 10_000_000;

    public static long FromSeconds(Seconds time) => (long)Math.Round(time.Value * PerSecond);

    public static Seconds ToSeconds(long ticks) => new(ticks / (double)PerSecond);
}
