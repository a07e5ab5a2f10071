using System.Runtime.CompilerServices;
using Planner.Cost.Pipeline;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// Lengths of paths and memory of ranks as linear functions of the layers a stage: exact where no two stages run as an overlapped pair.
/// </summary>
internal sealed class StageLines
{
    private readonly PlacementProblem problem;
    private readonly int last;
    private readonly DurationShares shares;
    private readonly ItemCost[] constant;

    // Share by share and group by group.
    private readonly double[] ticks;

    public StageLines(PlacementProblem problem, LayerGroups groups)
    {
        this.problem = problem;
        last = problem.Stages - 1;
        shares = new DurationShares(problem, byLayer: problem.Sequence is not null);
        constant = [.. Enumerable.Range(0, problem.Stages).Select(problem.FixedBesideLayers)];
        var ofLayers = new List<double>();
        for (var i = 0; i < problem.Graph.Durations.Length; i++)
            foreach (ref readonly var share in shares.Of(i))
                for (var group = 0; group < groups.Count; group++) ofLayers.Add(groups.Ticks(share, group));
        ticks = [.. ofLayers];
    }

    /// <summary>Every duration belongs to one stage or adds up over a rank's stages.</summary>
    public static bool Exact(PlacementProblem problem) => !problem.Graph.Durations.Any(key => key.Kind == OperationKind.Overlapped);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public StageLine Of(PathCut cut)
    {
        var line = StageLine.Zero(problem);
        AddConstant(line, cut.Lags * problem.Lag);
        var coefficients = cut.Coefficients.AsSpan();
        for (var i = 0; i < coefficients.Length; i++)
        {
            double times = coefficients[i];
            if (times == 0) continue;
            foreach (ref readonly var share in shares.Of(i))
            {
                AddConstant(line, times * share.Fixed);
                if (share.Stage < 0) continue;
                line.Dense[share.Stage] += times * share.Dense;
                line.Moe[share.Stage] += times * share.Moe;
                AddParts(line, share.Stage, times, share.Parts);
                if (share.Stage == last) line.Constant[0] += times * problem.MtpModules * share.Mtp;
                if (share.Stage == last - 1) line.Constant[1] += times * problem.MtpModules * share.Mtp;
            }
        }

        return line;
    }

    /// <summary>The graph's durations, times <paramref name="scale"/>, at a placement that may be cut to fractions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(StageFractions fractions, int place, double scale, long[] durations)
    {
        var (held, next) = (fractions.Held, 0);
        for (var i = 0; i < durations.Length; i++)
        {
            var sum = 0.0;
            foreach (ref readonly var share in shares.Of(i))
            {
                sum += share.Fixed;
                if (share.Stage >= 0)
                {
                    var layers = 0.0;
                    for (var group = 0; group < held.Length; group++) layers += held[group][share.Stage] * ticks[next + group];
                    sum += layers;
                    if (share.Stage == last - place) sum += problem.MtpModules * share.Mtp;
                }

                next += held.Length;
            }

            durations[i] = (long)(scale * sum);
        }
    }

    /// <summary>How far a rank is over the memory limit, in KiB, with one of its vectors of micro-batches in flight.</summary>
    public StageLine Overrun(RankCosts rank, int[] inFlight)
    {
        var line = StageLine.Zero(problem);
        AddConstant(line, problem.RankBase.StaticKib - problem.LimitKib);
        for (var i = 0; i < inFlight.Length; i++)
        {
            var flying = inFlight[i];
            Add(line, rank.Stages[i], 1, c => c.StaticKib + (flying * c.ActivationKib));
            if (line.Parts.Length == 0) continue;
            line.Parts[(rank.Stages[i] * LayerParts.Count) + LayerParts.StaticKib] += 1;
            line.Parts[(rank.Stages[i] * LayerParts.Count) + LayerParts.ActivationKib] += flying;
        }

        return line;
    }

    /// <summary>Layers of some stages beyond a number; with <paramref name="sign"/> -1 layers short of it.</summary>
    public StageLine Beyond(int[] stages, int number, int sign)
    {
        var line = StageLine.Zero(problem);
        AddConstant(line, -sign * number);
        foreach (var stage in stages) line.AddLayer(stage, sign);
        return line;
    }

    private static void AddParts(StageLine line, int stage, double times, ushort parts)
    {
        for (var part = 0; parts != 0; part++, parts >>= 1)
            if ((parts & 1) != 0) line.Parts[(stage * LayerParts.Count) + part] += times;
    }

    private static void AddConstant(StageLine line, double value)
    {
        for (var place = 0; place < line.Constant.Length; place++) line.Constant[place] += value;
    }

    private void Add(StageLine line, int stage, double times, Func<ItemCost, long> part)
    {
        AddConstant(line, times * part(constant[stage]));
        line.Dense[stage] += times * part(problem.Dense);
        line.Moe[stage] += times * part(problem.Moe);
        if (stage == last) line.Constant[0] += times * problem.MtpModules * part(problem.MtpOnLast);
        if (stage == last - 1) line.Constant[1] += times * problem.MtpModules * part(problem.MtpBeforeLast);
    }
}
