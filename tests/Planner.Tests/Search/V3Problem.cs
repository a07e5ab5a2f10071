using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Tests.Search;

/// <summary>A placement of the size of DeepSeek-V3 (61 layers, 3 dense, MTP) with round costs; times in ticks of 100 ns.</summary>
internal static class V3Problem
{
    private const int Millisecond = 10_000;
    private const double Gib = 1024 * 1024;

    public static PlacementProblem DualPipe(double limitGib = 74, double scale = 1) => On("dualpipe 16 1 120", limitGib, scale);

    public static PlacementProblem On(string schedule, double limitGib, double scale = 1) => On(RandomProblem.Graph(schedule), limitGib, scale);

    public static PlacementProblem On(ScheduleGraph graph, double limitGib, double scale = 1)
    {
        ItemCost Item(double f, double bi, double w, double pf, double tf, double pb, double tb, double memory, double activation) => new(
            (long)(scale * f * Millisecond),
            (long)(scale * bi * Millisecond),
            (long)(scale * w * Millisecond),
            (long)(scale * pf * Millisecond),
            (long)(scale * tf * Millisecond),
            (long)(scale * pb * Millisecond),
            (long)(scale * tb * Millisecond),
            2 * Millisecond,
            1 * Millisecond,
            (long)(memory * Gib),
            (long)(activation * Gib));
        var moe = Item(15, 21, 5, 9.7, 10, 23.4, 10, 2.5, 0.62);
        var dense = Item(8, 14, 4, 8.7, 0.4, 19.6, 0.4, 1.1, 0.5);
        var head = Item(12.4, 11, 13.6, 13.5, 0, 26.7, 0, 5, 0.2);
        return new PlacementProblem(
            graph, 13_000, 3, 58, 1, Item(0.1, 0.1, 0.2, 0.1, 0, 0.3, 0, 5, 0.05), dense, moe, moe + head, moe + head, head, default, default,
            new ItemCost(0, 0, 0, 0, 0, 0, 0, Millisecond, Millisecond, (long)(6 * Gib), 0), (long)(limitGib * Gib));
    }
}
