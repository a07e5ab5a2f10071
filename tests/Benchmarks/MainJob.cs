using Planner.Cost;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;
using Planner.Inputs;
using Planner.Planning;
using Planner.Plans;
using Planner.Search;

namespace Planner.Benchmarks;

/// <summary>The job that the program is tuned for: DeepSeek-V3 on 2048 H800s, from the shipped files.</summary>
internal sealed class MainJob
{
    public MainJob()
    {
        var inputs = PlanningInputs.Load(Request(null), new InputCatalogs(null));
        Model = new CostModel(inputs.Model.Spec, inputs.Machine.Spec, inputs.Stack.Spec, inputs.Workload);
        Space = SearchSpace.Default(Model, inputs.Request.Gpus, inputs.Request.MemoryLimit, inputs.Request.Extrapolate);
    }

    public CostModel Model { get; }

    public SearchSpace Space { get; }

    /// <summary>What DeepSeek trained with: DualPipe on 16 ranks, 64 expert ranks, 120 micro-batches.</summary>
    public LayoutSpec Published => new(
        new Degrees(128, 1, 16, 64, 1, 1),
        1,
        Model.Workload.GlobalBatch / 128,
        ScheduleCatalog.Find("dualpipe")!,
        Model.Stack.RecomputePolicies.Single(policy => policy.Name == "selective"),
        Sharding.Zero1);

    /// <summary>The placement of the published layout, with its graph built.</summary>
    public PlacementProblem Problem => Model.Problem(Published, Published.Schedule.Graph(Published.Pipeline), Space.MemoryLimit);

    public static SolveRequest Request(int? threads) => new(
        "v3-671b", "h800", null, 2048, null, null, null, null, null, null, TensorPolicy.Avoid, PlanPins.None, null, threads, false, false);
}
