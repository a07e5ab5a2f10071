using Planner.Cost.Units;
using Planner.Plans;
using Planner.Search;

namespace Planner.Planning;

/// <summary>
/// How many of the nodes left a job should take. Broken and spare nodes leave odd numbers behind, which degrees and the batch may not divide at
/// all, or only badly: fewer nodes may be faster. So where nodes are missing every number down to three quarters of those left is searched (by
/// bound first), further down only until one has a layout.
/// </summary>
internal sealed class JobSize(PlanningInputs inputs, SolveRequest asked, int threads)
{
    private const double LeastShare = 0.75;

    /// <summary>The request on the nodes that make its step shortest; as it is where no node is missing or no number has a layout.</summary>
    public PlanningInputs Choose(CancellationToken cancel)
    {
        if (inputs.Request.Nodes is { Any: false } || inputs.Machine.Spec.Cluster is not { } cluster) return inputs;
        PlanningInputs? best = null;
        long step = long.MaxValue;
        long? all = null;
        RefusedException? refused = null;
        var runs = false;
        for (var nodes = cluster.Left; nodes > 0 && (!runs || nodes >= LeastShare * cluster.Left); nodes--)
        {
            var on = inputs.On(nodes);
            if (!MayRun(on)) continue;
            try
            {
                if (Fastest(on, step, cancel) is not { } found) continue;
                runs = true;
                if (nodes == cluster.Left) all = found;
                if (found >= step) continue;
                (best, step) = (on, found);
            }
            catch (RefusedException pins)
            {
                refused ??= pins;
            }
        }

        if (best is null) return refused is null ? inputs : throw refused;
        return best with { AllNodes = all is { } known ? Ticks.ToSeconds(known) : null };
    }

    // Best step on so many nodes; null where nothing runs or fits. A bound above the limit stands for the step.
    private long? Fastest(PlanningInputs on, long limit, CancellationToken cancel)
    {
        var model = PlanMaker.ModelOf(on);
        var space = SpaceOfRequest.Build(model, on.Request, asked.Pins, on.JobGpus);
        var avoid = asked.TensorPolicy == TensorPolicy.Avoid;
        var whole = on.JobNodes == on.Machine.Spec.Cluster!.Left;
        var table = CandidateTable.Score(model, space, threads, cancel);
        if (table.Layouts.Count == 0) return null;
        var bound = table.Layouts.Min(layout => layout.Bound);
        if (bound >= limit && !whole) return (long)Math.Ceiling(bound);
        return new SpaceSearch(model, space, avoid, PlanMaker.TieWithin, 0, false, threads, joint: false).Run(null, cancel).Main.Best?.Result!.Makespan;
    }

    // Cheaper than scoring: some degrees divide the GPUs, the batch and the model.
    private static bool MayRun(PlanningInputs on)
    {
        var (gpus, model, workload) = (on.JobGpus, on.Model.Spec, on.Workload);
        foreach (var tp in SearchSpace.Divisors(gpus).Where(tp => tp <= on.Machine.Spec.Node.DomainGpus && LegalityRules.TensorFits(model, tp)))
            foreach (var cp in SearchSpace.Divisors(gpus / tp).Where(cp => LegalityRules.ContextFits(workload.SequenceLength, cp)))
                foreach (var pp in SearchSpace.Divisors(gpus / tp / cp).Where(pp => LegalityRules.StagesFit(model, pp)))
                    if (workload.GlobalBatch % (gpus / tp / cp / pp) == 0) return true;
        return false;
    }
}
