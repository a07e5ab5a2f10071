using System.Collections.Immutable;
using Planner.Cost.Stacks;

namespace Planner.Calibration;

/// <summary>What runs beside compute: pairs of the schedule, gradient traffic, sharded weights. A window where the stack has one, else the share that shows.</summary>
internal static class OverlapConstants
{
    private const double Move = 0.25;

    public static ImmutableArray<TunableConstant> Of(StackSpec stack, ImmutableArray<KnownRun> runs) =>
        [Pair(runs), GradientSync(stack, runs), ShardedSync(stack, runs)];

    private static TunableConstant Pair(ImmutableArray<KnownRun> runs) => new(
        "overlap.pair_overhead",
        Least: 0,
        Most: 1,
        Move: 0.1,
        IsRate: false,
        TunableConstants.Where(runs, run => run.Default.Layout.Schedule.Overlaps),
        NoRows: "no schedule overlaps forward and backward")
    {
        Read = stack => stack.Overlap.PairOverhead,
        Write = (stack, value) => stack with { Overlap = stack.Overlap with { PairOverhead = value } },
    };

    private static TunableConstant GradientSync(StackSpec stack, ImmutableArray<KnownRun> runs)
    {
        var rows = TunableConstants.Where(runs, run => run.SyncsGradients);
        const string none = "no run reduces gradients once a step";
        return stack.Exposed.GradientSyncWindow is not null
            ? Share("exposed.gradient_sync_window", rows, none, shares => shares.GradientSyncWindow!.Value, (shares, value) => shares with { GradientSyncWindow = value })
            : Share("exposed.gradient_sync", rows, none, shares => shares.GradientSync, (shares, value) => shares with { GradientSync = value });
    }

    private static TunableConstant ShardedSync(StackSpec stack, ImmutableArray<KnownRun> runs)
    {
        var rows = TunableConstants.Where(runs, run => run.ShardsTraining);
        const string none = "no run shards weights or gradients";
        return stack.Exposed.ShardedSyncWindow is not null
            ? Share("exposed.sharded_sync_window", rows, none, shares => shares.ShardedSyncWindow!.Value, (shares, value) => shares with { ShardedSyncWindow = value })
            : Share("exposed.sharded_sync", rows, none, shares => shares.ShardedSync, (shares, value) => shares with { ShardedSync = value });
    }

    private static TunableConstant Share(
        string path, ImmutableArray<int> rows, string none, Func<ExposedShares, double> read, Func<ExposedShares, double, ExposedShares> write) =>
        new(path, Least: 0, Most: 1, Move, IsRate: false, rows, none)
        {
            Read = stack => read(stack.Exposed),
            Write = (stack, value) => stack with { Exposed = write(stack.Exposed, value) },
        };
}
