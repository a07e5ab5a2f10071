using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// What every stage adds to every duration of a graph, as linear functions of its layers. An overlapped pair is replaced by one of its two sides
/// (compute or traffic, whichever is longer for layers of the common kind), which is never longer than the pair.
/// </summary>
internal sealed class DurationShares
{
    private readonly DurationShare[] shares;
    private readonly int[] first;

    /// <param name="problem">The placement.</param>
    /// <param name="byLayer">Where layers differ: what they fall short of their mean is left to one who weighs them one by one.</param>
    public DurationShares(PlacementProblem problem, bool byLayer = false)
    {
        var durations = problem.Graph.Durations;
        var common = problem.MoeLayers >= problem.DenseLayers ? problem.Moe : problem.Dense;
        var traffic = common.PairForwardTraffic + common.PairBackwardTraffic > common.PairForwardCompute + common.PairBackwardCompute;
        var constant = new ItemCost[problem.Stages];
        for (var stage = 0; stage < constant.Length; stage++) constant[stage] = byLayer ? problem.FixedBesideLayers(stage) : problem.Fixed(stage);
        shares = new DurationShare[durations.Sum(Count)];
        var next = 0;
        first = new int[durations.Length + 1];
        for (var i = 0; i < durations.Length; i++)
        {
            var key = durations[i];
            switch (key.Kind)
            {
                case OperationKind.Forward:
                    Add(key.Stage, static c => c.Forward);
                    break;
                case OperationKind.BackwardInput:
                    Add(key.Stage, static c => c.BackwardInput);
                    break;
                case OperationKind.Weight:
                    Add(key.Stage, static c => c.Weight);
                    break;
                case OperationKind.Backward:
                    Add(key.Stage, static c => c.BackwardInput + c.Weight);
                    break;
                case OperationKind.Overlapped:
                    Add(key.Stage, traffic ? static c => c.PairForwardTraffic : static c => c.PairForwardCompute);
                    Add(key.PairStage, traffic ? static c => c.PairBackwardTraffic : static c => c.PairBackwardCompute);
                    break;
                case OperationKind.ReduceGradients:
                    AddRank(key.Rank, static c => c.ReduceGradients);
                    break;
                case OperationKind.Update:
                    AddRank(key.Rank, static c => c.Update);
                    break;
                default:
                    throw new InvalidOperationException($"no duration for {key.Kind}");
            }

            first[i + 1] = next;
        }

        int Count(DurationKey key) => key.Kind switch
        {
            OperationKind.Overlapped => 2,
            OperationKind.ReduceGradients or OperationKind.Update => 1 + problem.Graph.StagesOfRank[key.Rank].Length,
            _ => 1,
        };

        void AddRank(int rank, Func<ItemCost, long> part)
        {
            shares[next++] = new DurationShare(-1, 0, 0, part(problem.RankBase), 0);
            foreach (var stage in problem.Graph.StagesOfRank[rank]) Add(stage, part);
        }

        void Add(int stage, Func<ItemCost, long> part)
        {
            var mtp = stage == problem.Stages - 1 ? part(problem.MtpOnLast) : stage == problem.Stages - 2 ? part(problem.MtpBeforeLast) : 0;
            shares[next++] = new DurationShare(stage, part(problem.Dense), part(problem.Moe), part(constant[stage]), mtp) { Parts = problem.Sequence is not null ? LayerParts.In(part) : (ushort)0 };
        }
    }

    /// <summary>What adds up to one duration.</summary>
    public ReadOnlySpan<DurationShare> Of(int duration) => shares.AsSpan(first[duration], first[duration + 1] - first[duration]);
}

/// <summary>What one stage adds to one duration, in ticks.</summary>
/// <param name="Stage">Stage; -1 for what the rank pays whatever its stages hold.</param>
/// <param name="Dense">A dense layer.</param>
/// <param name="Moe">An MoE layer.</param>
/// <param name="Fixed">Whatever its layers.</param>
/// <param name="Mtp">The MTP module.</param>
internal readonly record struct DurationShare(int Stage, long Dense, long Moe, long Fixed, long Mtp)
{
    /// <summary>Which <see cref="LayerParts"/> of its layers, where these differ.</summary>
    public ushort Parts { get; init; }
}
