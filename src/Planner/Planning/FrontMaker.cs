using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Units;
using Planner.Plans;
using Planner.Search;

namespace Planner.Planning;

/// <summary>Objectives memory and pareto: traces the front of step time and memory, over every tensor-parallel degree of the space.</summary>
internal sealed class FrontMaker(PlanningInputs inputs, CostModel model, SearchSpace space, EvidenceRules evidence, int threads)
{
    private const int MostAlternatives = 5;

    public PlanOutcome Find(IProgressSink progress, CancellationToken cancel)
    {
        // With a choice of policy for every stage a front of hundreds of plans would be searched for a minute.
        space = space with { PerStage = false };
        var table = CandidateTable.ScoreSoFar(model, space, threads, cancel, scored => progress.Report(new SearchProgress("scoring", scored, null, null)));
        var layouts = table.Layouts;
        var result = new ParetoFront(model, space, threads).Run(
            new LayoutOrder(layouts),
            table.Complete,
            inputs.Request.StepIncrease,
            (n, points, step) => progress.Report(
                new SearchProgress($"front of {points} {(points == 1 ? "plan" : "plans")}, looked at", n, Ticks.ToSeconds(step), null)
                {
                    Survivors = layouts.Count,
                    Scored = table.Scored,
                }),
            cancel);
        if (result.Points.Count == 0)
        {
            return result.Complete
                ? new WaysOut(inputs, model, space, table, threads).Find(cancel)
                : PlanMaker.Stopped;
        }

        ImmutableArray<FrontMember> members = [.. result.Points.Select(Member)];
        return inputs.Request.Objective == Objective.Memory
            ? Emptiest(table, result, members)
            : new FrontFound(new Front(
                inputs.Request, inputs.Digests, model.Machine, table.Scored, table.Considered, result.Placements, result.Complete, members));
    }

    private FrontMember Member(FrontPoint point)
    {
        var (layout, plan) = point.Layout.Settled(point.Plan);
        var estimate = new StepEstimator(model, layout, plan).Estimate();
        if (Ticks.FromSeconds(estimate.Step) != point.Makespan)
            throw new InvalidOperationException($"the estimate ({estimate.Step.Value} s) differs from the search ({point.Makespan} ticks)");
        return new FrontMember(
            layout, plan, estimate, Ticks.ToSeconds((long)Math.Min(point.Bound, point.Makespan)), point.Proven, evidence.Of(layout));
    }

    // The front's last plan; the alternatives are the faster and fuller ones before it.
    private PlanFound Emptiest(CandidateTable table, FrontResult result, ImmutableArray<FrontMember> members)
    {
        var last = result.Points[^1];
        var chosen = members[^1];
        var proven = result.Complete && last.Proven && result.OpenKib >= last.Kib;
        var plan = new PlanAssembly(inputs, model, null, evidence).Given(chosen.Layout, chosen.Stages, chosen.Estimate);
        var solver = new SolverReport(
            proven ? ProofStatus.Optimal : ProofStatus.Feasible,
            chosen.Bound,
            1 - (chosen.Bound / chosen.Estimate.Step),
            table.Scored,
            table.Considered,
            result.Placements,
            0,
            proven ? ["branch and bound"] : [],
            "branch and bound",
            "1")
        {
            Memory = new MemoryGoal(members[0].Estimate.Step, new Bytes(1024.0 * Math.Min(result.OpenKib, last.Kib))),
        };
        if (!result.Complete)
            plan = plan with { Findings = plan.Findings.Insert(0, new Finding(FindingLevel.Warning, "the search was stopped: this is the emptiest plan so far, not proven")) };
        return new PlanFound(
            plan with
            {
                Solver = solver,
                Alternatives =
                [
                    .. members.Reverse().GroupBy(member => (member.Layout.Degrees, member.Layout.Schedule))
                        .Where(group => group.Key != (chosen.Layout.Degrees, chosen.Layout.Schedule))
                        .Take(MostAlternatives).Select(group => Alternative(group.First())),
                ],
                Rejected = [.. table.Rejected.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)],
                Candidates = [.. members.Select(member => Outcome(member, ReferenceEquals(member, chosen)))],
            },
            new StepEstimator(model, chosen.Layout, chosen.Stages).Timeline);
    }

    private static Alternative Alternative(FrontMember member) => new(
        member.Layout,
        member.Estimate.Step,
        member.Estimate.Parts.Bubble,
        member.Estimate.Fullest.Total,
        member.Estimate.TokensPerGpuPerSecond,
        member.Estimate.Mfu,
        member.Evidence,
        Twins.Of(member.Layout));

    private static CandidateOutcome Outcome(FrontMember member, bool chosen) => new(
        member.Layout,
        member.Bound,
        member.Estimate.Step,
        member.Estimate.Fullest.Total,
        chosen ? "chosen" : "fuller",
        chosen ? "emptiest within the step allowed" : "faster and fuller");
}
