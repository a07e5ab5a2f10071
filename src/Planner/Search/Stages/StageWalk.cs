using System.Runtime.CompilerServices;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// The placement of a box at which a linear function is least: a walk over the stages whose state is the layers placed so far. Backwards it
/// finds the least, forwards which numbers of layers of a stage still lie on a walk below a limit.
/// </summary>
internal sealed class StageWalk
{
    private const double Far = double.MaxValue;
    private readonly PlacementProblem problem;
    private readonly CancellationToken cancel;
    private readonly int layers;
    private readonly double[] onward;
    private readonly double[] reached;
    private readonly int[] choice;

    /// <param name="problem">The placement.</param>
    /// <param name="cancel">Ends a walk of many layers; what it says then is of no use.</param>
    public StageWalk(PlacementProblem problem, CancellationToken cancel)
    {
        this.problem = problem;
        this.cancel = cancel;
        layers = problem.DenseLayers + problem.MoeLayers;
        var states = (problem.Stages + 1) * (layers + 1);
        onward = new double[states];
        reached = new double[states];
        choice = new int[states];
    }

    /// <summary>Least value over the box (its ranks' limits left out), with the layers of each stage; double.MaxValue where the box is empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Least(StageLine line, StageBox box, int[] counts)
    {
        var stages = problem.Stages;
        var width = layers + 1;
        Array.Fill(onward, Far);
        onward[(stages * width) + layers] = 0;
        var (low, high) = (layers, layers);
        for (var stage = stages - 1; stage >= 0 && !cancel.IsCancellationRequested; stage--)
        {
            var (from, next) = (stage * width, (stage + 1) * width);
            var (lowHere, highHere) = (Math.Max(0, low - box.Most[stage]), Math.Min(layers, high - box.Least[stage]));
            for (var used = lowHere; used <= highHere; used++)
            {
                var (best, taken) = (Far, 0);
                var dense = Math.Max(0, problem.DenseLayers - used);
                for (var here = box.Least[stage]; here <= box.Most[stage] && used + here <= high; here++)
                {
                    if (onward[next + used + here] == Far) continue;
                    var value = onward[next + used + here] + Value(line, stage, here, dense);
                    if (value < best) (best, taken) = (value, here);
                }

                (onward[from + used], choice[from + used]) = (best, taken);
            }

            (low, high) = (lowHere, highHere);
        }

        if (onward[0] == Far) return Far;
        var placed = 0;
        for (var stage = 0; stage < stages; stage++)
        {
            counts[stage] = choice[(stage * width) + placed];
            placed += counts[stage];
        }

        return line.Constant[box.Place] + onward[0];
    }

    /// <summary>After <see cref="Least"/>: takes from the box what lies on no walk below the limit. True where it took something.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Narrow(StageLine line, StageBox box, double limit)
    {
        var stages = problem.Stages;
        var width = layers + 1;
        Array.Fill(reached, Far);
        reached[0] = line.Constant[box.Place];
        var changed = false;
        for (var stage = 0; stage < stages && !cancel.IsCancellationRequested; stage++)
        {
            var (from, next) = (stage * width, (stage + 1) * width);
            var (least, most) = (int.MaxValue, -1);
            for (var used = 0; used <= layers; used++)
            {
                if (reached[from + used] == Far || reached[from + used] + onward[from + used] >= limit) continue;
                var dense = Math.Max(0, problem.DenseLayers - used);
                for (var here = box.Least[stage]; here <= box.Most[stage] && used + here <= layers; here++)
                {
                    var on = onward[next + used + here];
                    if (on == Far) continue;
                    var value = reached[from + used] + Value(line, stage, here, dense);
                    if (value + on >= limit) continue;
                    reached[next + used + here] = Math.Min(reached[next + used + here], value);
                    (least, most) = (Math.Min(least, here), Math.Max(most, here));
                }
            }

            if (most < 0) (least, most) = (1, 0);
            changed |= least > box.Least[stage] || most < box.Most[stage];
            (box.Least[stage], box.Most[stage]) = (least, most);
            if (most < least) return true;
        }

        return changed;
    }

    private static double Value(StageLine line, int stage, int here, int denseLeft)
    {
        var dense = Math.Min(denseLeft, here);
        return (dense * line.Dense[stage]) + ((here - dense) * line.Moe[stage]);
    }
}
