using System.Globalization;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layers;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;
using Planner.Cost.Stacks;
using Planner.Inputs;
using Planner.Search;
using Planner.Tests.Inputs;

namespace Planner.Tests.Planning;

/// <summary>DeepSeek-V3 on 2048 H800 as it was trained: DualPipe on 16 ranks, 64 expert ranks, one sequence of 4096 tokens a micro-batch.</summary>
internal static class V3Run
{
    public static StackSpec Stack { get; } = new StackCatalog().Load("deepseek").Spec;

    public static MachineSpec Machine { get; } = new HardwareCatalog().Load("h800").Spec;

    public static CostModel Model { get; } = With(Machine, Stack);

    public static RecomputePolicy Selective { get; } = Stack.RecomputePolicies.Single(policy => policy.Name == "selective");

    public static LayerKey Key { get; } = new(1, 1, 64, 1, Selective);

    public static LayoutSpec DualPipe { get; } = new(new Degrees(128, 1, 16, 64, 1, 1), 1, 120, new DualPipe(), Selective, Sharding.Zero1);

    public static LayoutSpec DualPipeV { get; } = new(new Degrees(256, 1, 8, 64, 1, 1), 1, 60, new DualPipeV(), Selective, Sharding.Zero1);

    public static CostModel With(MachineSpec machine, StackSpec stack, double? load = null) =>
        new(new ModelCatalog().Load("v3-671b").Spec, machine, stack, new Workload(4096, 15360, Precision.Fp8, load));

    public static PlacementResult Place(CostModel model, LayoutSpec layout) => PlacementSearch.Solve(
        model.Problem(layout, layout.Schedule.Graph(layout.Pipeline), model.Machine.Accelerator.Memory), long.MaxValue, CancellationToken.None);

    /// <summary>A quantity of DeepSeek's published profile.</summary>
    public static double Trace(string quantity) => Cell("kernels/deepseek-v3-trace.csv", quantity + ",", 1);

    /// <summary>A row of table 4 of arXiv 2505.09343, the multi-plane column.</summary>
    public static double Table4(string row) => Cell("kernels/deepseek-isca-tables.csv", $"table4,{row},", 2);

    private static double Cell(string file, string start, int column)
    {
        var line = Shipped.Text(file).Split('\n').Single(line => line.StartsWith(start, StringComparison.Ordinal));
        return double.Parse(line.Split(',')[column], CultureInfo.InvariantCulture);
    }
}
