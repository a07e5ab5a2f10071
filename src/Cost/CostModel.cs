using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Cost;

/// <summary>One model on one machine with one stack and one workload: the source of every cost.</summary>
public sealed class CostModel
{
    /// <param name="model">Model.</param>
    /// <param name="machine">Machine.</param>
    /// <param name="stack">Software.</param>
    /// <param name="workload">What a step trains on.</param>
    public CostModel(ModelSpec model, MachineSpec machine, StackSpec stack, Workload workload)
    {
        Model = model = model.On(workload.SequenceLength);
        Machine = machine;
        Stack = stack.In(workload.Precision);
        Workload = workload;
        Layers = new LayerCosts(model, machine, Stack, workload);
    }

    public ModelSpec Model { get; }

    public MachineSpec Machine { get; }

    public StackSpec Stack { get; }

    public Workload Workload { get; }

    public LayerCosts Layers { get; }

    /// <summary>The layout's placement as integers.</summary>
    /// <param name="layout">Everything but the placement.</param>
    /// <param name="graph">The layout's schedule graph.</param>
    /// <param name="limit">Memory of one GPU.</param>
    public PlacementProblem Problem(LayoutSpec layout, ScheduleGraph graph, Bytes limit)
    {
        var problem = new PlacementProblem(
            graph,
            0,
            Model.LeadingDenseLayers,
            Model.LayersFromFirstMoe,
            Model.MtpModules,
            default,
            default,
            default,
            default,
            default,
            default,
            default,
            default,
            default,
            (long)Math.Floor(limit.Value / 1024))
        {
            LocalBoundary = LocalBoundary(layout.Schedule, graph),
        };
        return problem.Costing([.. layout.Recompute.Choices.Select(policy => LayoutItems.Of(this, layout, policy))]);
    }

    /// <summary>What the parts of the model cost under a layout whose stages all follow one recompute policy.</summary>
    public LayoutItems Items(LayoutSpec layout) => LayoutItems.Of(this, layout, layout.Recompute);

    // Two copies of a model that run towards each other meet on different ranks, though the folded graph shows one.
    private static int LocalBoundary(ISchedule schedule, ScheduleGraph graph)
    {
        if (schedule.Copies > 1) return -1;
        foreach (var stages in graph.StagesOfRank)
            foreach (var stage in stages)
                if (stages.Contains(stage + 1)) return stage;
        return -1;
    }
}
