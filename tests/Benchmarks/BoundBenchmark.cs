using BenchmarkDotNet.Attributes;
using Planner.Cost.Layers;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Benchmarks;

/// <summary>The closed-form bound of one layout; it runs once a layout, so it may not allocate.</summary>
[MemoryDiagnoser]
public class BoundBenchmark
{
    private ISchedule schedule = null!;
    private PipelineShape shape;
    private PipelineWork work;

    [Params("1f1b", "interleaved", "zb1p", "zb2p", "zbv", "dualpipe", "dualpipev")]
    public string Schedule { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var job = new MainJob();
        var layout = job.Published;
        var key = new LayerKey(1, 1, layout.Degrees.Expert, layout.MicroBatch, layout.Recompute);
        schedule = ScheduleCatalog.Find(Schedule)!;
        shape = new PipelineShape(16, Schedule == "interleaved" ? 2 : 1, layout.MicroBatches / schedule.Copies);
        var parts = new ModelWork(job.Model, key);
        work = parts.With(1e-3, StateTotals.Of(job.Model, parts.Parts, layout.Degrees, schedule.Copies, layout.Sharding));
    }

    [Benchmark]
    public double Bound() => schedule.Bound(work, shape);
}
