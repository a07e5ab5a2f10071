using BenchmarkDotNet.Attributes;
using Planner.Cost.Hardware;
using Planner.Planning;

namespace Planner.Benchmarks;

/// <summary>The job of examples/10t-moe, 9.95T parameters on 1,048,576 GPUs, in a warm process, two threads.</summary>
[MemoryDiagnoser]
public class LargestBenchmark
{
    private string model = "";

    [GlobalSetup]
    public void FindModel()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            model = Path.Join(folder.FullName, "examples", "10t-moe", "config.json");
            if (File.Exists(model)) return;
        }

        throw new InvalidOperationException($"no examples/10t-moe above {AppContext.BaseDirectory}");
    }

    [Benchmark]
    public PlanOutcome Solve() => new PlanMaker().Solve(
        MainJob.Request(2) with { Model = model, Gpus = 1_048_576, Batch = 1_048_576, Sequence = 4096, Stack = "deepseek", Precision = Precision.Fp8 },
        new Silent(),
        CancellationToken.None) as PlanFound ?? throw new InvalidOperationException("no plan");
}
