using Planner.Cost.Units;
using Planner.Planning;
using Planner.Search;
using Planner.Tests.Plans;

namespace Planner.Tests.Commands;

/// <summary>Answers what it was made for and keeps what it was asked.</summary>
internal sealed class FakePlanner(Func<CancellationToken, PlanOutcome> answer) : IPlanner
{
    public FakePlanner(PlanOutcome answer)
        : this(_ => answer)
    {
    }

    public static PlanFound Found { get; } = new(SamplePlan.Plan(), SamplePlan.Timeline);

    public static Infeasible NothingFits { get; } = new(
        "no layout of v3-671b on 64 x h800 fits in 74.5 GiB a gpu",
        Bytes.FromGib(11.25),
        3,
        [new("does not fit in memory", 1200), new("degrees do not divide", 34)],
        [new("--gpus 256", "about 80 s a step"), new("--recompute full", "none of it alone is enough")]);

    public SolveRequest? Solved { get; private set; }

    public EstimateRequest? Estimated { get; private set; }

    public PlanOutcome Solve(SolveRequest request, IProgressSink progress, CancellationToken cancel)
    {
        Solved = request;
        progress.Report(new SearchProgress("scoring", 1000, new Seconds(10), new Seconds(9)));
        return answer(cancel);
    }

    public PlanOutcome Estimate(EstimateRequest request, IProgressSink progress, CancellationToken cancel)
    {
        Estimated = request;
        return answer(cancel);
    }
}
