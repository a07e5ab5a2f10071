using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Traffic;
using Planner.Plans;

namespace Planner.Planning;

/// <summary>What placing and copying experts is worth: the finished plan's estimate against the same layout and stages with other experts.</summary>
internal sealed class ExpertWorth(ExpertInputs experts, CostModel model, LayoutSpec layout, StagePlan stages)
{
    public PlanExperts Of(Estimate estimate)
    {
        var placed = experts.Of(model, layout.Degrees);
        var contiguous = With(new KnownExpertLoad(placed.MeanContiguous, placed.WorstContiguous));
        return new PlanExperts(placed, contiguous.Step - estimate.Step, Copies(estimate));
    }

    // Where a plan file gives the placement, nobody has placed the experts without copies.
    private CopiesWorth? Copies(Estimate estimate)
    {
        if (experts.Replicas == 0 || experts.Measured is not { } measured) return null;
        var degrees = layout.Degrees;
        var inDomain = model.Layers.Fabric.ExpertsInDomain(degrees);
        var without = measured.WithoutCopies().Final(degrees.Expert, inDomain).Of(degrees.Expert, inDomain);
        var single = With(new KnownExpertLoad(without.Mean, without.Worst));
        return new CopiesWorth(without.Mean, single.Step - estimate.Step, estimate.Fullest.Total - single.Fullest.Total);
    }

    private Estimate With(KnownExpertLoad load) => new StepEstimator(
        new CostModel(model.Model, model.Machine, model.Stack, model.Workload with { Experts = load, ExtraExperts = 0 }), layout, stages).Estimate();
}
