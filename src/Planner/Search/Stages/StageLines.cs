using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// Lengths of paths and memory of ranks as linear functions of the layers a stage: exact where no two stages run as an overlapped pair.
/// </summary>
internal sealed class StageLines(PlacementProblem problem)
{
    private readonly int last = problem.Stages - 1;

    /// <summary>Every duration belongs to one stage or adds up over a rank's stages.</summary>
    public static bool Exact(PlacementProblem problem) => !problem.Graph.Durations.Any(key => key.Kind == OperationKind.Overlapped);

    public StageLine Of(PathCut cut)
    {
        var line = StageLine.Zero(problem.Stages);
        AddConstant(line, cut.Lags * problem.Lag);
        for (var i = 0; i < cut.Coefficients.Length; i++)
        {
            double times = cut.Coefficients[i];
            if (times == 0) continue;
            var key = problem.Graph.Durations[i];
            switch (key.Kind)
            {
                case OperationKind.Forward:
                    Add(line, key.Stage, times, static c => c.Forward);
                    break;
                case OperationKind.BackwardInput:
                    Add(line, key.Stage, times, static c => c.BackwardInput);
                    break;
                case OperationKind.Weight:
                    Add(line, key.Stage, times, static c => c.Weight);
                    break;
                case OperationKind.Backward:
                    Add(line, key.Stage, times, static c => c.BackwardInput + c.Weight);
                    break;
                case OperationKind.ReduceGradients:
                    AddRank(line, key.Rank, times, static c => c.ReduceGradients);
                    break;
                case OperationKind.Update:
                    AddRank(line, key.Rank, times, static c => c.Update);
                    break;
                default:
                    throw new InvalidOperationException($"{key.Kind} is not linear in the layers");
            }
        }

        return line;
    }

    /// <summary>The graph's durations, times <paramref name="scale"/>, at a placement that may be cut to fractions.</summary>
    public void Fill(double[] dense, double[] moe, int place, double scale, long[] durations)
    {
        for (var i = 0; i < durations.Length; i++)
        {
            var key = problem.Graph.Durations[i];
            durations[i] = (long)(scale * (key.Kind switch
            {
                OperationKind.Forward => At(key.Stage, static c => c.Forward),
                OperationKind.BackwardInput => At(key.Stage, static c => c.BackwardInput),
                OperationKind.Weight => At(key.Stage, static c => c.Weight),
                OperationKind.Backward => At(key.Stage, static c => c.BackwardInput + c.Weight),
                OperationKind.ReduceGradients => AtRank(key.Rank, static c => c.ReduceGradients),
                OperationKind.Update => AtRank(key.Rank, static c => c.Update),
                _ => throw new InvalidOperationException($"{key.Kind} is not linear in the layers"),
            }));
        }

        double At(int stage, Func<ItemCost, long> part)
        {
            double sum = part(problem.Fixed(stage)) + (dense[stage] * part(problem.Dense)) + (moe[stage] * part(problem.Moe));
            if (stage != last - place) return sum;
            return sum + (problem.MtpModules * part(place == 0 ? problem.MtpOnLast : problem.MtpBeforeLast));
        }

        double AtRank(int rank, Func<ItemCost, long> part) => part(problem.RankBase) + problem.Graph.StagesOfRank[rank].Sum(stage => At(stage, part));
    }

    /// <summary>How far a rank is over the memory limit, in KiB, with one of its vectors of micro-batches in flight.</summary>
    public StageLine Overrun(RankCosts rank, int[] inFlight)
    {
        var line = StageLine.Zero(problem.Stages);
        AddConstant(line, problem.RankBase.StaticKib - problem.LimitKib);
        for (var i = 0; i < inFlight.Length; i++)
        {
            var flying = inFlight[i];
            Add(line, rank.Stages[i], 1, c => c.StaticKib + (flying * c.ActivationKib));
        }

        return line;
    }

    /// <summary>Layers of some stages beyond a number; with <paramref name="sign"/> -1 layers short of it.</summary>
    public StageLine Beyond(int[] stages, int number, int sign)
    {
        var line = StageLine.Zero(problem.Stages);
        AddConstant(line, -sign * number);
        foreach (var stage in stages) line.Dense[stage] = line.Moe[stage] = sign;
        return line;
    }

    private static void AddConstant(StageLine line, double value)
    {
        for (var place = 0; place < line.Constant.Length; place++) line.Constant[place] += value;
    }

    private void AddRank(StageLine line, int rank, double times, Func<ItemCost, long> part)
    {
        AddConstant(line, times * part(problem.RankBase));
        foreach (var stage in problem.Graph.StagesOfRank[rank]) Add(line, stage, times, part);
    }

    private void Add(StageLine line, int stage, double times, Func<ItemCost, long> part)
    {
        AddConstant(line, times * part(problem.Fixed(stage)));
        line.Dense[stage] += times * part(problem.Dense);
        line.Moe[stage] += times * part(problem.Moe);
        if (stage == last) line.Constant[0] += times * problem.MtpModules * part(problem.MtpOnLast);
        if (stage == last - 1) line.Constant[1] += times * problem.MtpModules * part(problem.MtpBeforeLast);
    }
}
