using BenchmarkDotNet.Attributes;
using Planner.Planning;

namespace Planner.Benchmarks;

/// <summary>The jobs of the README's table in a warm process, two threads, from the files to the plan.</summary>
[MemoryDiagnoser]
public class JobsBenchmark
{
    [Params(
        "v3-671b/2048/h800/15360",
        "v3-671b/16384/h800/122880",
        "v3-671b/131072/h800/983040",
        "kimi-k2/4096/h800/16384",
        "qwen3-235b/256/h100/4096",
        "llama3.1-405b/16384/h100/2048",
        "gpt3-175b/1024/a100-80/1536")]
    public string Job { get; set; } = "";

    [Benchmark]
    public PlanOutcome Solve() => Run(robust: false);

    [Benchmark]
    public PlanOutcome Robust() => Run(robust: true);

    private PlanFound Run(bool robust)
    {
        var parts = Job.Split('/');
        var request = MainJob.Request(2) with
        {
            Model = parts[0],
            Gpus = int.Parse(parts[1], null),
            Hardware = parts[2],
            Batch = int.Parse(parts[3], null),
            Robust = robust,
        };
        return new PlanMaker().Solve(request, new Silent(), CancellationToken.None) as PlanFound ?? throw new InvalidOperationException("no plan");
    }
}
