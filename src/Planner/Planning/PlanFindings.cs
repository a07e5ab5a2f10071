using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Units;
using Planner.Plans;
using Planner.Search;

namespace Planner.Planning;

/// <summary>Sentences that travel with a plan: what it assumes, where it differs from published runs, what is tight.</summary>
internal sealed class PlanFindings(PlanningInputs inputs, CostModel model, EvidenceRules evidence)
{
    private const double TightShare = 0.03;
    private readonly ImmutableArray<Finding>.Builder findings = ImmutableArray.CreateBuilder<Finding>();

    public ImmutableArray<Finding> Of(Plan plan, SpaceSearchResult? result)
    {
        if (result is { Main.Complete: false }) Warn("the search was stopped: this is the best plan so far, not proven");
        AddMemory(plan);
        AddRecompute(plan, result);
        AddPrecedents(plan, result);
        AddExperts(plan);
        if (plan.Evidence == Evidence.Extrapolated) Warn("this layout rests on rates beyond the measured tables");
        foreach (var note in inputs.Model.Notes) Note(note);
        return findings.ToImmutable();
    }

    private void AddMemory(Plan plan)
    {
        var peak = plan.Estimate.Fullest;
        var limit = plan.Request.MemoryLimit;
        if (peak.Total > limit)
            Warn(FormattableString.Invariant($"rank {peak.Rank} needs {peak.Total.Gib:0.0} GiB, {(peak.Total - limit).Gib:0.0} more than the limit of {limit.Gib:0.0} GiB"));
        else if (peak.Total.Value > limit.Value * (1 - TightShare))
            Warn(FormattableString.Invariant($"memory is tight: {(limit - peak.Total).Gib:0.0} GiB free on rank {peak.Rank}; fragmentation is not modelled"));
    }

    // Most trainers take one policy for the whole model.
    private void AddRecompute(Plan plan, SpaceSearchResult? result)
    {
        if (plan.Layout.Recompute.Levels.IsEmpty || result is null) return;
        var alike = result.Main.Searched.Where(searched => searched.HasPlan && searched.Layout.Recompute.Levels.IsEmpty).MinBy(searched => searched.Result!.Makespan);
        var cost = alike is null
            ? "with one policy for all stages nothing near was found to fit"
            : FormattableString.Invariant($"the best found with one policy for all stages takes {Ticks.ToSeconds(alike.Result!.Makespan).Value:0.000} s (+{100 * ((Ticks.ToSeconds(alike.Result.Makespan) / plan.Estimate.Step) - 1):0.0} %)");
        Note($"stages recompute differently, which Megatron-LM's arguments do not express: {cost}; --uniform-recompute plans for one policy");
    }

    private void AddPrecedents(Plan plan, SpaceSearchResult? result)
    {
        foreach (var run in evidence.Precedents)
        {
            var layout = FormattableString.Invariant($"tp {run.Tensor} pp {run.Pipeline} ep {run.Expert} {run.Schedule}");
            if (EvidenceRules.Is(plan.Layout, run))
            {
                var same = plan.Layout.Schedule.Name == run.Schedule ? "this layout" : "the same plan under its twin's name";
                Note($"{run.Run} used {layout}: {same} ({run.Source})");
            }
            else if (result is not null)
            {
                var near = result.Main.Searched.Concat(result.Other.Select(entry => entry.Value).OfType<SearchedLayout>())
                    .Where(searched => searched.HasPlan && EvidenceRules.Is(searched.Layout, run))
                    .MinBy(searched => searched.Result!.Makespan);
                var cost = near is null
                    ? FormattableString.Invariant($"here not within {100 * PlanMaker.ReplayWithin:0} % of this plan, or it does not fit")
                    : FormattableString.Invariant($"here {Ticks.ToSeconds(near.Result!.Makespan).Value:0.000} s, {Math.Round(100 * ((Ticks.ToSeconds(near.Result.Makespan) / plan.Estimate.Step) - 1), 1):+0.0;-0.0;0.0} %");
                Note($"{run.Run} used {layout}: {cost} ({run.Source})");
            }
        }
    }

    private void AddExperts(Plan plan)
    {
        if (model.Model.Moe is not { } moe) return;
        var degrees = plan.Layout.Degrees;
        if (plan.Experts is { } experts)
        {
            var source = plan.Request.Experts is { } request ? $"measured ({request.Loads}{(request.Workload is { } name ? ", " + name : "")})" : "as the plan file has it";
            Note(FormattableString.Invariant(
                $"expert load: {source}; every MoE layer takes the mean of the layers' factors, {experts.Placed.Mean:0.000}, transient memory the largest, {experts.Placed.Worst:0.000}"));
            if (experts.Placed.Layers.Any(layer => layer.Pairs is not null)) Note("pairs of experts: fewer of them across nodes is not in the step, whose traffic takes the router for even");
        }
        else if (plan.Request.LoadFactor is null)
        {
            Note(plan.Stack.Experts.LoadFactorByExpertsPerGpu.IsEmpty
                ? "expert load: even (factor 1), since nothing is known for this stack; --load-factor 1.15 shows what an uneven router costs"
                : FormattableString.Invariant($"expert load: factor {model.Layers.Exchange!.Load(degrees.Expert):0.00}, from the stack's curve"));
        }

        var inDomain = model.Layers.Fabric.ExpertsInDomain(degrees);
        var domains = (degrees.Expert + inDomain - 1) / inDomain;
        if (domains == 1) return;
        var reached = model.Layers.Exchange!.Reached(domains);
        var kind = plan.Machine.Node.DomainGpus == plan.Machine.Node.Gpus ? "nodes" : "NVLink domains";
        Note(FormattableString.Invariant(
            $"expert parallelism spans {domains} {kind}; a token reaches {reached:0.00} of them ({moe.TopK} of {moe.Experts} experts, {moe.Router.GroupLimit} of {moe.Router.Groups} groups)"));
    }

    private void Note(string message) => findings.Add(new Finding(FindingLevel.Note, message));

    private void Warn(string message) => findings.Add(new Finding(FindingLevel.Warning, message));
}
