using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// The placement of a box at which a linear function is least: a walk over the stages whose state is the layers placed so far. Backwards it
/// finds the least, forwards which numbers of layers of a stage still lie on a walk below a limit.
/// </summary>
internal sealed class StageWalk : IStageWalk
{
    private const double Far = double.MaxValue;
    private const int Lanes = 4;
    private readonly PlacementProblem problem;
    private readonly CancellationToken cancel;
    private readonly int layers;
    private readonly int width;

    // Dense layers in front of layers of another kind.
    private readonly int front;
    private readonly double[] onward;
    private readonly double[] reached;

    /// <param name="problem">The placement.</param>
    /// <param name="cancel">Ends a walk of many layers; what it says then is of no use.</param>
    public StageWalk(PlacementProblem problem, CancellationToken cancel)
    {
        this.problem = problem;
        this.cancel = cancel;
        layers = problem.DenseLayers + problem.MoeLayers;
        width = layers + 1;
        front = problem.MoeLayers == 0 ? 0 : problem.DenseLayers;
        var states = (problem.Stages + 1) * width;
        onward = new double[states];
        reached = new double[states];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Least(StageLine line, StageBox box, int[] counts)
    {
        var stages = problem.Stages;
        Array.Fill(onward, Far);
        onward[(stages * width) + layers] = 0;
        var (low, high) = (layers, layers);
        for (var stage = stages - 1; stage >= 0 && !cancel.IsCancellationRequested; stage--)
        {
            var here = onward.AsSpan(stage * width, width);
            var next = onward.AsSpan((stage + 1) * width, width);
            var (lowHere, highHere) = (Math.Max(0, low - box.Most[stage]), Math.Min(layers, high - box.Least[stage]));
            for (var held = box.Least[stage]; held <= box.Most[stage]; held++)
            {
                var (from, to) = (Math.Max(lowHere, low - held), Math.Min(highHere, high - held));
                for (; from <= to && from < front; from++)
                    here[from] = Math.Min(here[from], next[from + held] + Value(line, stage, held, front - from));
                var cost = held * Behind(line)[stage];
                for (; from + Lanes - 1 <= to; from += Lanes)
                    Vector256.Min(Load(here, from), Load(next, from + held) + Vector256.Create(cost)).CopyTo(here[from..]);
                for (; from <= to; from++) here[from] = Math.Min(here[from], next[from + held] + cost);
            }

            (low, high) = (lowHere, highHere);
        }

        if (onward[0] >= Far) return Far;
        var placed = 0;
        for (var stage = 0; stage < stages; stage++)
        {
            counts[stage] = Taken(line, box, stage, placed);
            placed += counts[stage];
        }

        return line.Constant[box.Place] + onward[0];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Narrow(StageLine line, StageBox box, double limit)
    {
        var stages = problem.Stages;
        Array.Fill(reached, Far);
        reached[0] = line.Constant[box.Place];
        var changed = false;
        var (low, high) = (0, 0);
        for (var stage = 0; stage < stages && !cancel.IsCancellationRequested; stage++)
        {
            var here = reached.AsSpan(stage * width, width);
            var next = reached.AsSpan((stage + 1) * width, width);
            var on = onward.AsSpan((stage + 1) * width, width);
            var (least, most) = (int.MaxValue, -1);
            for (var held = box.Least[stage]; held <= box.Most[stage]; held++)
            {
                var (used, end) = (low, Math.Min(high, layers - held));
                var below = false;
                for (; used <= end && used < front; used++)
                {
                    var value = here[used] + Value(line, stage, held, front - used);
                    next[used + held] = Math.Min(next[used + held], value);
                    below |= value + on[used + held] < limit;
                }

                var cost = held * Behind(line)[stage];
                for (; used + Lanes - 1 <= end; used += Lanes)
                {
                    var value = Load(here, used) + Vector256.Create(cost);
                    Vector256.Min(Load(next, used + held), value).CopyTo(next[(used + held)..]);
                    below |= Vector256.LessThanAny(value + Load(on, used + held), Vector256.Create(limit));
                }

                for (; used <= end; used++)
                {
                    var value = here[used] + cost;
                    next[used + held] = Math.Min(next[used + held], value);
                    below |= value + on[used + held] < limit;
                }

                if (below) (least, most) = (Math.Min(least, held), held);
            }

            if (most < 0) (least, most) = (1, 0);
            changed |= least > box.Least[stage] || most < box.Most[stage];
            (low, high) = (low + box.Least[stage], Math.Min(layers, high + box.Most[stage]));
            (box.Least[stage], box.Most[stage]) = (least, most);
            if (most < least) return true;
        }

        return changed;
    }

    // Where all layers are of one kind, none is in front of others.
    private double[] Behind(StageLine line) => problem.MoeLayers == 0 ? line.Dense : line.Moe;

    // The fewest layers with which the walk from here on is as short as it can be.
    private int Taken(StageLine line, StageBox box, int stage, int placed)
    {
        var (least, taken) = (Far, box.Least[stage]);
        for (var held = box.Least[stage]; held <= box.Most[stage] && placed + held <= layers; held++)
        {
            var on = onward[((stage + 1) * width) + placed + held];
            if (on >= Far) continue;
            var value = on + (placed < front ? Value(line, stage, held, front - placed) : held * Behind(line)[stage]);
            if (value < least) (least, taken) = (value, held);
        }

        return taken;
    }

    private static Vector256<double> Load(ReadOnlySpan<double> values, int at) => Vector256.Create(values.Slice(at, Lanes));

    private static double Value(StageLine line, int stage, int held, int denseLeft)
    {
        var dense = Math.Min(denseLeft, held);
        return (dense * line.Dense[stage]) + ((held - dense) * line.Moe[stage]);
    }
}
