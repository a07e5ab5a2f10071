using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Planner.Search;

namespace Planner.Benchmarks;

/// <summary>The whole space of the main job, scored on one core. Wanted: 2 million layouts a second.</summary>
[Config(typeof(Columns))]
public class ScoreBenchmark
{
    private MainJob job = null!;

    [GlobalSetup]
    public void Setup() => job = new MainJob();

    [Benchmark]
    public int Score() => CandidateTable.Score(job.Model, job.Space, 1, CancellationToken.None).Layouts.Count;

    private sealed class Columns : ManualConfig
    {
        public Columns() => AddColumn(new RateColumn("Layouts/s", new Lazy<double>(Scored)));

        private static double Scored()
        {
            var job = new MainJob();
            return CandidateTable.Score(job.Model, job.Space, 1, CancellationToken.None).Scored;
        }
    }
}
