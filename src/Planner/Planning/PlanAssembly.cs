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

    // Members of the tie set that are drawn for, in every solve.
    private const int MostDescribed = 8;

    /// <summary>The plan of the fastest layout.</summary>
    public PlanFound Found(SearchedLayout best, int threads, CancellationToken cancel)
    {
        var result = search!;
        var constants = new UncertainConstants(inputs);
        ImmutableArray<SearchedLayout> placed = [best, .. Placed(result).Where(other => !ReferenceEquals(other, best))];
        var within = placed.Where(other => other.Result!.Makespan <= best.Result!.Makespan * (1 + PlanMaker.ReplayWithin)).ToImmutableArray();
        var robust = inputs.Request.Robust
            ? Drawn(() => new RobustChoice(constants, within, RobustChoice.ManyDraws, choose: true, threads, cancel), cancel)
            : null;
        var chosen = robust is null ? best : within[robust.Choose()];
        var neighbours = Others(placed, chosen);
        var tie = chosen.Result!.Makespan * (1 + PlanMaker.TieWithin);
        SearchedLayout[] shown = [chosen, .. neighbours.TakeWhile((other, i) => i < MostAlternatives || other.Result!.Makespan <= tie + 1)];
        var estimators = new StepEstimator[shown.Length];
        var estimates = new Estimate[shown.Length];
        Workers.Each(threads, shown.Length, i =>
        {
            estimators[i] = new StepEstimator(model, shown[i].Layout, shown[i].Result!.Plan!);
            estimates[i] = estimators[i].Estimate();
        });
        var estimate = estimates[0];
        if (Ticks.FromSeconds(estimate.Step) != chosen.Result.Makespan)
            throw new InvalidOperationException($"the estimate ({estimate.Step.Value} s) differs from the search ({chosen.Result.Makespan} ticks)");

        ImmutableArray<Alternative> others = [.. shown.Zip(estimates).Skip(1).Select(pair => Alternative(pair.First.Layout, pair.Second))];
        var tied = others.Where(other => other.Step.Value <= estimate.Step.Value * (1 + PlanMaker.TieWithin)).ToImmutableArray();
        var near = neighbours.Take(tied.Length).ToList();
        var larger = result.Other.Where(entry => entry.Value is not null)
            .Select(entry => KeyValuePair.Create(entry.Key, Ticks.ToSeconds(entry.Value!.Result!.Makespan))).ToImmutableArray();
        var plan = Common(chosen.Layout, chosen.Result.Plan!, estimate) with
        {
            Solver = Report(result, best, chosen),
            Alternatives = [.. others.Take(MostAlternatives)],
            TieSet = tied,
            TensorCost = larger,
            Rejected = [.. result.Table.Rejected.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)],
            Candidates = [.. result.Main.Searched.Select(searched => Outcome(searched, chosen, result))],
            LargerBatch = cancel.IsCancellationRequested ? null : LargerBatch.Of(model, chosen.Layout, chosen.Result.Plan!, estimate, inputs.Request.MemoryLimit),
            Robustness = robust is not null
                ? Drawn(() => robust.Describe(within.IndexOf(chosen), [.. near.Select(other => within.IndexOf(other)).Where(place => place >= 0)], chosen: true), cancel)
                : Described(constants, [chosen, .. near.Take(MostDescribed)], threads, cancel),
        };
        var findings = new PlanFindings(inputs, model, evidence).Of(plan, result);
        if (cancel.IsCancellationRequested && inputs.Request.Robust && plan.Robustness is null)
        {
            findings = findings.Insert(0, new Finding(FindingLevel.Warning, robust is null
                ? "stopped before the draws ended: this is the fastest layout found, not one chosen by regret"
                : "stopped before the draws ended: chosen by regret, but how firm the choice is was not counted"));
        }
        else if (cancel.IsCancellationRequested && plan.Robustness is null && constants.All.Length > 0)
        {
            findings = findings.Add(new Finding(FindingLevel.Note, "stopped: how firm the choice is was not drawn for, twice the batch not tried"));
        }

        return new PlanFound(plan with { Findings = findings }, estimators[0].Timeline);
    }

    private static Robustness? Described(UncertainConstants constants, ImmutableArray<SearchedLayout> tied, int threads, CancellationToken cancel) =>
        constants.All.Length == 0 || tied.Length == 1
            ? null
            : Drawn(
                () => new RobustChoice(constants, tied, RobustChoice.FewDraws, choose: false, threads, cancel)
                    .Describe(0, [.. Enumerable.Range(1, tied.Length - 1)], chosen: false),
                cancel);

    // Null where the draws were cut short: the plan is worth having without.
    private static T? Drawn<T>(Func<T> draw, CancellationToken cancel)
        where T : class
    {
        if (cancel.IsCancellationRequested) return null;
        try
        {
            return draw();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The plan of a given placement.</summary>
    public Plan Given(LayoutSpec layout, StagePlan stages, Estimate estimate)
    {
        var plan = Common(layout, stages, estimate);
        return plan with { Findings = new PlanFindings(inputs, model, evidence).Of(plan, null) };
    }

    private Plan Common(LayoutSpec layout, StagePlan stages, Estimate estimate)
    {
        var nodes = model.Machine.Cluster is { } cluster ? NodePlacement.Of(cluster, layout.Degrees, layout.Schedule.Copies, model.Stack.FoldedExperts) : null;
        var traffic = new StepTraffic(model, layout, stages, nodes is { Cluster.LeavesKnown: true } ? nodes : null).Rows();
        return Bare(layout, stages, estimate) with { Nodes = nodes, Traffic = traffic };
    }

    private Plan Bare(LayoutSpec layout, StagePlan stages, Estimate estimate) => new(
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
        AllNodes = inputs.AllNodes,
        Experts = inputs.Experts is { } experts ? new ExpertWorth(experts, model, layout, stages).Of(estimate) : null,
    };

    private static SolverReport Report(SpaceSearchResult result, SearchedLayout best, SearchedLayout chosen)
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

        var step = chosen.Result!.Makespan;
        return new SolverReport(
            branch && step == makespan ? ProofStatus.Optimal : ProofStatus.Feasible,
            Ticks.ToSeconds((long)bound),
            Math.Max(0, (step - bound) / step),
            result.Table.Scored,
            result.Table.Considered,
            result.Main.Searched.Count(searched => searched.Result is not null),
            result.Survivors,
            proofs.ToImmutable(),
            "OR-Tools CP-SAT",
            result.Joint?.SolverVersion ?? JointModel.SolverVersion);
    }

    // Best of each (degrees, schedule) but the chosen one's, and the best of each larger tensor-parallel degree, fastest first.
    private static ImmutableArray<SearchedLayout> Others(ImmutableArray<SearchedLayout> placed, SearchedLayout chosen) =>
    [
        .. placed.Where(searched => Differs(searched.Layout, chosen.Layout))
            .GroupBy(searched => (searched.Layout.Degrees, searched.Layout.Schedule))
            .Select(group => group.MinBy(searched => searched.Result!.Makespan)!)
            .OrderBy(searched => searched.Result!.Makespan)
            .ThenBy(searched => searched.Scored),
    ];

    private static IEnumerable<SearchedLayout> Placed(SpaceSearchResult result) =>
        result.Main.Searched.Concat(result.Other.Select(entry => entry.Value).OfType<SearchedLayout>()).Where(searched => searched.HasPlan);

    private static bool Differs(LayoutSpec layout, LayoutSpec best) => layout.Degrees != best.Degrees || layout.Schedule != best.Schedule;

    private Alternative Alternative(LayoutSpec layout, Estimate estimate) => new(
        layout,
        estimate.Step,
        estimate.Parts.Bubble,
        estimate.Fullest.Total,
        estimate.TokensPerGpuPerSecond,
        estimate.Mfu,
        evidence.Of(layout),
        Twins.Of(layout));

    private CandidateOutcome Outcome(SearchedLayout searched, SearchedLayout chosen, SpaceSearchResult result)
    {
        var bound = Ticks.ToSeconds((long)searched.Scored.Bound);
        if (ReferenceEquals(searched, chosen))
        {
            return new CandidateOutcome(
                searched.Layout, bound, Ticks.ToSeconds(chosen.Result!.Makespan), Peak(searched), "chosen", inputs.Request.Robust ? "smallest worst regret" : "fastest");
        }

        if (searched.HasPlan && searched.Result!.Makespan < chosen.Result!.Makespan)
            return new CandidateOutcome(searched.Layout, bound, Ticks.ToSeconds(searched.Result.Makespan), Peak(searched), "faster", "larger worst regret");
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

    private static Bytes Peak(SearchedLayout searched) =>
        new(1024.0 * searched.Problem.FullestKib(searched.Problem.StageCosts(searched.Result!.Plan!)));
}
