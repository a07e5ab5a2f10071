using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Units;
using Planner.Plans;
using Planner.Search;

namespace Planner.Planning;

/// <summary>Puts a plan together from what the search found. Every number in it comes from estimating the finished layouts again.</summary>
internal sealed class PlanAssembly(PlanningInputs inputs, CostModel model, SpaceSearchResult? search, EvidenceRules evidence)
{
    private const int MostAlternatives = 5;

    /// <summary>The plan of the fastest layout.</summary>
    public PlanFound Found(SearchedLayout best)
    {
        var result = search!;
        var estimator = new StepEstimator(model, best.Layout, best.Result!.Plan!);
        var estimate = estimator.Estimate();
        if (Ticks.FromSeconds(estimate.Step) != best.Result.Makespan)
            throw new InvalidOperationException($"the estimate ({estimate.Step.Value} s) differs from the search ({best.Result.Makespan} ticks)");

        var others = Others(result, best);
        var tied = others.Where(other => other.Step.Value <= estimate.Step.Value * (1 + PlanMaker.TieWithin)).ToImmutableArray();
        var larger = result.Other.Where(entry => entry.Value is not null)
            .Select(entry => KeyValuePair.Create(entry.Key, Ticks.ToSeconds(entry.Value!.Result!.Makespan))).ToImmutableArray();
        var plan = Common(best.Layout, best.Result.Plan!, estimate) with
        {
            Solver = Report(result, best),
            Alternatives = [.. others.Take(MostAlternatives)],
            TieSet = tied,
            TensorCost = larger,
            Rejected = [.. result.Table.Rejected.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)],
            Candidates = [.. result.Main.Searched.Select(searched => Outcome(searched, best, result))],
        };
        return new PlanFound(plan with { Findings = new PlanFindings(inputs, model, evidence).Of(plan, result) }, estimator.Timeline);
    }

    /// <summary>The plan of a given placement.</summary>
    public Plan Given(LayoutSpec layout, StagePlan stages, Estimate estimate)
    {
        var plan = Common(layout, stages, estimate);
        return plan with { Findings = new PlanFindings(inputs, model, evidence).Of(plan, null) };
    }

    private Plan Common(LayoutSpec layout, StagePlan stages, Estimate estimate) => new(
        inputs.Request,
        inputs.Digests,
        model.Model,
        model.Machine,
        model.Stack,
        null,
        layout,
        stages,
        Twins.Of(layout),
        estimate,
        [],
        [],
        PlanMaker.TieWithin,
        [],
        evidence.Of(layout),
        [],
        [],
        [])
    {
        Experts = inputs.Experts is { } experts ? new ExpertWorth(experts, model, layout, stages).Of(estimate) : null,
    };

    private static SolverReport Report(SpaceSearchResult result, SearchedLayout best)
    {
        var makespan = best.Result!.Makespan;
        var proofs = ImmutableArray.CreateBuilder<string>();
        var branch = result.Main.Proven;
        if (branch) proofs.Add("branch and bound");
        var bound = Math.Min(result.Main.Bound, makespan);
        if (result.Joint is { Status: ProofStatus.Optimal } joint)
        {
            if (joint.Makespan != makespan)
                throw new InvalidOperationException($"branch and bound found {makespan} ticks, CP-SAT {joint.Makespan}");
            proofs.Add("CP-SAT");
        }

        return new SolverReport(
            branch ? ProofStatus.Optimal : ProofStatus.Feasible,
            Ticks.ToSeconds((long)bound),
            Math.Max(0, (makespan - bound) / makespan),
            result.Table.Scored,
            result.Table.Considered,
            result.Main.Searched.Count(searched => searched.Result is not null),
            result.Survivors,
            proofs.ToImmutable(),
            "OR-Tools CP-SAT",
            result.Joint?.SolverVersion ?? JointModel.SolverVersion);
    }

    // Best of each (degrees, schedule) but the chosen one's, and the best of each larger tensor-parallel degree, fastest first.
    private ImmutableArray<Alternative> Others(SpaceSearchResult result, SearchedLayout best) =>
    [
        .. result.Main.Searched.Concat(result.Other.Select(entry => entry.Value).OfType<SearchedLayout>())
            .Where(searched => searched.HasPlan && Differs(searched.Layout, best.Layout))
            .GroupBy(searched => (searched.Layout.Degrees, searched.Layout.Schedule))
            .Select(group => group.MinBy(searched => searched.Result!.Makespan)!)
            .OrderBy(searched => searched.Result!.Makespan)
            .ThenBy(searched => searched.Scored)
            .Select(Alternative),
    ];

    private static bool Differs(LayoutSpec layout, LayoutSpec best) => layout.Degrees != best.Degrees || layout.Schedule != best.Schedule;

    private Alternative Alternative(SearchedLayout searched)
    {
        var estimate = new StepEstimator(model, searched.Layout, searched.Result!.Plan!).Estimate();
        return new Alternative(
            searched.Layout,
            estimate.Step,
            estimate.Parts.Bubble,
            estimate.Fullest.Total,
            estimate.TokensPerGpuPerSecond,
            estimate.Mfu,
            evidence.Of(searched.Layout),
            Twins.Of(searched.Layout));
    }

    private static CandidateOutcome Outcome(SearchedLayout searched, SearchedLayout best, SpaceSearchResult result)
    {
        var bound = Ticks.ToSeconds((long)searched.Scored.Bound);
        if (ReferenceEquals(searched, best)) return new CandidateOutcome(searched.Layout, bound, Ticks.ToSeconds(best.Result!.Makespan), Peak(searched), "chosen", "fastest");
        if (searched.HasPlan)
        {
            return new CandidateOutcome(
                searched.Layout, bound, Ticks.ToSeconds(searched.Result!.Makespan), Peak(searched), "slower", "replayed with the best placement found");
        }

        if (searched.Result is { Fits: false }) return new CandidateOutcome(searched.Layout, bound, null, null, "does not fit", "no placement fits the memory");
        var limit = Ticks.ToSeconds(result.Main.Best!.Result!.Makespan);
        return new CandidateOutcome(
            searched.Layout,
            Seconds.Max(bound, Ticks.ToSeconds(Math.Min(searched.Root, (long)(limit.Value * (1 + PlanMaker.ReplayWithin) * Ticks.PerSecond)))),
            null,
            null,
            "bounded",
            "no placement that fits is within 10 % of the best");
    }

    private static Bytes Peak(SearchedLayout searched)
    {
        var problem = searched.Problem;
        return new Bytes(1024.0 * Enumerable.Range(0, problem.Graph.Ranks).Max(rank => problem.RankMemoryKib(rank, searched.Result!.Plan!)));
    }
}
