using Planner.Cost;
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

    private RefusedException? refused;

    /// <summary>The request on the nodes that make its step shortest; as it is where no node is missing or no number has a layout.</summary>
    public PlanningInputs Choose(CancellationToken cancel)
    {
        if (inputs.Request.Nodes is { Any: false } || inputs.Machine.Spec.Cluster is not { } cluster) return inputs;
        var scored = Scored(cluster.Left, cancel);
        if (scored.Count == 0) return refused is null ? inputs : throw refused;
        (Candidate Candidate, long Step)? best = null;
        var steps = new Dictionary<int, long>();
        foreach (var candidate in scored.OrderBy(candidate => candidate.Bound).ThenByDescending(candidate => candidate.On.JobNodes))
        {
            if (best is { } so && candidate.Bound >= so.Step) break;
            if (Step(candidate, best?.Step ?? long.MaxValue, cancel) is not { } step) continue;
            steps[candidate.On.JobNodes] = step;
            if (best is null || step < best.Value.Step) best = (candidate, step);
        }

        if (best is not { } chosen) return inputs;
        var all = scored.Find(candidate => candidate.On.JobNodes == cluster.Left);
        return chosen.Candidate.On with
        {
            AllNodes = all is null ? null : Ticks.ToSeconds(steps.TryGetValue(cluster.Left, out var known) ? known : (long)Math.Ceiling(all.Bound)),
        };
    }

    // Best step on so many nodes under the policy for tensor parallelism; null where no layout at all is below the limit.
    private long? Step(Candidate candidate, long limit, CancellationToken cancel)
    {
        var search = new LayoutSearch(candidate.Model, candidate.Space, threads);
        var any = search.Run(candidate.Layouts, candidate.PerStage, 0, false, null, cancel, limit);
        if (any.Best is null) return null;
        var avoid = asked.TensorPolicy == TensorPolicy.Avoid;
        return new SpaceSearch(candidate.Model, candidate.Space, avoid, PlanMaker.TieWithin, 0, false, threads, joint: false).Run(null, cancel).Main.Best?.Result!.Makespan;
    }

    private List<Candidate> Scored(int left, CancellationToken cancel)
    {
        var scored = new List<Candidate>();
        for (var nodes = left; nodes > 0 && (scored.Count == 0 || nodes >= LeastShare * left); nodes--)
        {
            var on = inputs.On(nodes);
            if (!MayRun(on)) continue;
            try
            {
                var model = PlanMaker.ModelOf(on);
                var space = SpaceOfRequest.Build(model, on.Request, asked.Pins, on.JobGpus);
                var table = CandidateTable.Score(model, space, threads, cancel);
                if (table.Layouts.Count > 0) scored.Add(new Candidate(on, model, space, new LayoutOrder(table.One), new LayoutOrder(table.PerStage)));
            }
            catch (RefusedException pins)
            {
                refused ??= pins;
            }
        }

        return scored;
    }

    // Cheaper than scoring: some degrees divide the GPUs, the batch and the model.
    private static bool MayRun(PlanningInputs on)
    {
        var (gpus, model, workload) = (on.JobGpus, on.Model.Spec, on.Workload);
        foreach (var tp in SearchSpace.Divisors(gpus).Where(tp => tp <= on.Machine.Spec.Node.DomainGpus && LegalityRules.TensorFits(model, tp)))
            foreach (var cp in SearchSpace.Divisors(gpus / tp).Where(cp => LegalityRules.ContextFits(workload.SequenceLength, cp)))
                foreach (var pp in SearchSpace.Divisors(gpus / tp / cp).Where(pp => LegalityRules.StagesObjection(model, pp) is null))
                    if (workload.GlobalBatch % (gpus / tp / cp / pp) == 0) return true;
        return false;
    }

    private sealed record Candidate(PlanningInputs On, CostModel Model, SearchSpace Space, LayoutOrder Layouts, LayoutOrder PerStage)
    {
        public double Bound => Math.Min(First(Layouts), First(PerStage));

        private static double First(LayoutOrder layouts) => layouts.Count > 0 ? layouts[0].Bound : double.MaxValue;
    }
}
