namespace Planner.Planning;

/// <summary>How far layouts are above the best of each world.</summary>
/// <param name="steps">Ticks by world and layout; long.MaxValue where the layout does not fit. Draws come first.</param>
/// <param name="draws">Worlds that are draws; the others are corners.</param>
internal sealed class Regrets(long[][] steps, int draws)
{
    /// <summary>Share of the draws in which a layout must fit to be chosen.</summary>
    public const double EnoughFit = 0.9;

    private readonly long[] best = [.. steps.Select(world => world.Min())];

    /// <summary>Step over the best's less 1; infinity where the layout does not fit and another does, 0 where none fits.</summary>
    public double Of(int world, int layout)
    {
        if (best[world] == long.MaxValue) return 0;
        return steps[world][layout] == long.MaxValue ? double.PositiveInfinity : (steps[world][layout] / (double)best[world]) - 1;
    }

    public double Worst(int layout) => Worlds(steps.Length, layout).DefaultIfEmpty(0).Max();

    public double Mean(int layout) => Worlds(draws, layout).DefaultIfEmpty(0).Average();

    /// <summary>Share of draws in which the layout is within a share of the best.</summary>
    public double Within(int layout, double share) => Enumerable.Range(0, draws).Count(world => Of(world, layout) <= share && steps[world][layout] < long.MaxValue) / (double)draws;

    public double Fits(int layout) => Enumerable.Range(0, draws).Count(world => steps[world][layout] < long.MaxValue) / (double)draws;

    /// <summary>
    /// Smallest worst regret where it fits, among the layouts that fit in enough of the draws (among all where none does); ties by mean regret, then
    /// by order.
    /// </summary>
    public int Choose()
    {
        var layouts = steps[0].Length;
        return Enumerable.Range(0, layouts)
            .OrderBy(layout => Fits(layout) < EnoughFit)
            .ThenBy(Worst)
            .ThenBy(Mean)
            .First();
    }

    private IEnumerable<double> Worlds(int count, int layout) => Enumerable.Range(0, count).Where(world => steps[world][layout] < long.MaxValue).Select(world => Of(world, layout));
}
