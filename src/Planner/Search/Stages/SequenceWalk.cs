using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>
/// The walk over the stages where layers differ: how many layers are placed so far says which ones are next, so every stage is weighed by its own.
/// </summary>
internal sealed class SequenceWalk : IStageWalk
{
    private const double Far = double.MaxValue;
    private readonly PlacementProblem problem;
    private readonly CancellationToken cancel;
    private readonly int layers;
    private readonly int width;

    // Every part of the layers before each one, part by part.
    private readonly double[] before;

    // Stage by stage the weight of all layers before each one, were they on that stage: of a stage, the difference of two.
    private readonly double[] weights;
    private readonly double[] onward;
    private readonly double[] reached;

    /// <param name="problem">The placement; its layers differ.</param>
    /// <param name="cancel">Ends a walk of many layers; what it says then is of no use.</param>
    public SequenceWalk(PlacementProblem problem, CancellationToken cancel)
    {
        var sequence = problem.Sequence ?? throw new ArgumentException("layers are alike", nameof(problem));
        this.problem = problem;
        this.cancel = cancel;
        layers = sequence.Layers.Length;
        width = layers + 1;
        before = new double[LayerParts.Count * width];
        for (var placed = 0; placed < width; placed++)
        {
            var run = sequence.Run(0, placed);
            for (var part = 0; part < LayerParts.Count; part++) before[(part * width) + placed] = LayerParts.Of(run, placed, part);
        }

        weights = new double[problem.Stages * width];
        onward = new double[(problem.Stages + 1) * width];
        reached = new double[(problem.Stages + 1) * width];
    }

    /// <inheritdoc/>
    public double Least(StageLine line, StageBox box, int[] counts)
    {
        var stages = problem.Stages;
        Weigh(line);
        Array.Fill(onward, Far);
        onward[(stages * width) + layers] = 0;
        for (var stage = stages - 1; stage >= 0 && !cancel.IsCancellationRequested; stage--)
        {
            var here = onward.AsSpan(stage * width, width);
            var next = onward.AsSpan((stage + 1) * width, width);
            var own = weights.AsSpan(stage * width, width);
            for (var placed = 0; placed < width; placed++)
            {
                var least = Far;
                var end = Math.Min(layers, placed + box.Most[stage]);
                for (var to = placed + box.Least[stage]; to <= end; to++)
                    if (next[to] < Far) least = Math.Min(least, next[to] + own[to]);
                if (least < Far) here[placed] = least - own[placed];
            }
        }

        if (onward[0] >= Far) return Far;
        var from = 0;
        for (var stage = 0; stage < stages; stage++)
        {
            counts[stage] = Taken(box, stage, from);
            from += counts[stage];
        }

        return line.Constant[box.Place] + onward[0];
    }

    /// <inheritdoc/>
    public bool Narrow(StageLine line, StageBox box, double limit)
    {
        var stages = problem.Stages;
        Array.Fill(reached, Far);
        reached[0] = line.Constant[box.Place];
        var changed = false;
        for (var stage = 0; stage < stages && !cancel.IsCancellationRequested; stage++)
        {
            var here = reached.AsSpan(stage * width, width);
            var next = reached.AsSpan((stage + 1) * width, width);
            var on = onward.AsSpan((stage + 1) * width, width);
            var own = weights.AsSpan(stage * width, width);
            var (least, most) = (int.MaxValue, -1);
            for (var placed = 0; placed < width; placed++)
            {
                if (here[placed] >= Far) continue;
                var end = Math.Min(box.Most[stage], layers - placed);
                for (var held = box.Least[stage]; held <= end; held++)
                {
                    var to = placed + held;
                    var value = here[placed] + own[to] - own[placed];
                    if (value < next[to]) next[to] = value;
                    if (on[to] < Far && value + on[to] < limit) (least, most) = (Math.Min(least, held), Math.Max(most, held));
                }
            }

            if (most < 0) (least, most) = (1, 0);
            changed |= least > box.Least[stage] || most < box.Most[stage];
            (box.Least[stage], box.Most[stage]) = (least, most);
            if (most < least) return true;
        }

        return changed;
    }

    private void Weigh(StageLine line)
    {
        Array.Clear(weights);
        for (var stage = 0; stage < problem.Stages; stage++)
        {
            var own = weights.AsSpan(stage * width, width);
            for (var part = 0; part < LayerParts.Count; part++)
            {
                var weight = line.Parts[(stage * LayerParts.Count) + part];
                if (weight == 0) continue;
                var of = before.AsSpan(part * width, width);
                for (var placed = 0; placed < width; placed++) own[placed] += weight * of[placed];
            }
        }
    }

    // The fewest layers with which the walk from here on is as short as it can be.
    private int Taken(StageBox box, int stage, int placed)
    {
        var (least, taken) = (Far, box.Least[stage]);
        for (var held = box.Least[stage]; held <= box.Most[stage] && placed + held <= layers; held++)
        {
            var on = onward[((stage + 1) * width) + placed + held];
            if (on >= Far) continue;
            var value = on + weights[(stage * width) + placed + held];
            if (value < least) (least, taken) = (value, held);
        }

        return taken;
    }
}
