using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;
using Planner.Inputs;
using Planner.Plans;
using Planner.Search;

namespace Planner.Planning;

/// <summary>How far a layout is from what was published or measured.</summary>
internal sealed class EvidenceRules(CostModel model, ImmutableArray<Precedent> precedents)
{
    public ImmutableArray<Precedent> Precedents => precedents;

    public Evidence Of(LayoutSpec layout)
    {
        if (LegalityRules.BeyondTables(model, layout.Degrees.Expert) || LegalityRules.OverlapsSharded(layout.Schedule, layout.Sharding)) return Evidence.Extrapolated;
        return precedents.Any(run => Is(layout, run)) ? Evidence.PublishedPrecedent : Evidence.KernelsMeasured;
    }

    /// <summary>The layout, or the same plan under its twin's name, is the run's.</summary>
    public static bool Is(LayoutSpec layout, Precedent run)
    {
        var degrees = layout.Degrees;
        if (degrees.Tensor != run.Tensor || degrees.Context != run.Context || degrees.Expert != run.Expert) return false;
        if (layout.Schedule.Name == run.Schedule) return degrees.Pipeline == run.Pipeline;
        return (layout.Schedule, run.Schedule) switch
        {
            (DualPipeV, "dualpipe") => 2 * degrees.Pipeline == run.Pipeline,
            (DualPipe, "dualpipev") => degrees.Pipeline == 2 * run.Pipeline,
            _ => false,
        };
    }
}
