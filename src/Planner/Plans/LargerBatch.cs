using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Units;

namespace Planner.Plans;

/// <summary>The same layout and placement with twice as many micro-batches: what a larger batch would buy. Another layout may be better still.</summary>
/// <param name="Batch">Sequences a step.</param>
/// <param name="Step">Its step.</param>
/// <param name="Gain">Tokens a second over the plan's, less one.</param>
/// <param name="Fits">It fits the memory limit.</param>
public sealed record LargerBatch(int Batch, Seconds Step, double Gain, bool Fits)
{
    // Beyond this many operations a replay takes longer than the line is worth.
    private const long MostOperations = 4_000_000;

    /// <summary>Null where the schedule cannot run so many, or the replay would take long.</summary>
    public static LargerBatch? Of(CostModel model, LayoutSpec layout, StagePlan stages, Estimate estimate, Bytes limit)
    {
        var twice = layout with { MicroBatches = 2 * layout.MicroBatches };
        if (2L * stages.Stages.Length * twice.MicroBatches > MostOperations || twice.Schedule.Objection(twice.Pipeline) is not null) return null;
        var batch = 2 * model.Workload.GlobalBatch;
        var costs = new CostModel(model.Model, model.Machine, model.Stack, model.Workload with { GlobalBatch = batch });
        var larger = new StepEstimator(costs, twice, stages).Estimate();
        return new LargerBatch(batch, larger.Step, (2 * (estimate.Step / larger.Step)) - 1, larger.Fullest.Total <= limit);
    }
}
