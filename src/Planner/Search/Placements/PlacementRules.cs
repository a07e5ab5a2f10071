using Planner.Cost.Pipeline;
namespace Planner.Search;

/// <summary>What a stage may hold.</summary>
/// <param name="Dense">Dense layers are allowed.</param>
/// <param name="Moe">MoE layers are allowed.</param>
/// <param name="MinDense">Least dense layers.</param>
/// <param name="MinMoe">Least MoE layers.</param>
/// <param name="Mtp">MTP modules, exactly.</param>
internal readonly record struct StageRule(bool Dense, bool Moe, int MinDense, int MinMoe, int Mtp)
{
    /// <summary>A code below 32 that tells apart rules of one problem.</summary>
    public int Code => (Dense ? 1 : 0) | (Moe ? 2 : 0) | (MinDense << 2) | (MinMoe << 3) | (Mtp > 0 ? 16 : 0);
}

/// <summary>
/// The contents rule of <see cref="PlacementProblem"/>, cut into modes in which it holds stage by stage, so that ranks may be filled in any
/// order. A mode fixes the last stage that holds a dense layer and the stage of the MTP module; every legal placement has exactly one mode.
/// An MTP module counts as a layer of its stage. Once all stages a mode speaks of are filled it is settled: modes that no longer differ are one.
/// </summary>
internal sealed class PlacementRules
{
    private const int MtpPlaces = 3;
    private readonly PlacementProblem problem;
    private readonly bool mixed;
    private readonly int[] rankOfStage;
    private readonly int[] lastRankUpTo;

    public PlacementRules(PlacementProblem problem)
    {
        this.problem = problem;
        mixed = problem.DenseLayers > 0 && problem.MoeLayers > 0;
        Stages = problem.Stages;
        LastSplit = mixed ? Math.Min(Stages - 1, problem.DenseLayers) : -1;
        Modes = (LastSplit + 2) * MtpPlaces;
        rankOfStage = new int[Stages];
        for (var rank = 0; rank < problem.Graph.Ranks; rank++)
            foreach (var stage in problem.Graph.StagesOfRank[rank]) rankOfStage[stage] = rank;
        lastRankUpTo = new int[Stages];
        for (var stage = 0; stage < Stages; stage++)
            lastRankUpTo[stage] = Math.Max(rankOfStage[stage], stage == 0 ? 0 : lastRankUpTo[stage - 1]);

        var start = new List<int>();
        for (var split = mixed ? 0 : -1; split <= LastSplit; split++)
        {
            if (problem.MtpModules == 0) start.Add(ModeOf(split, -1));
            else
            {
                start.Add(ModeOf(split, 0));
                if (Stages > 1) start.Add(ModeOf(split, 1));
            }
        }

        StartModes = [.. start];
    }

    public int Stages { get; }

    /// <summary>Modes are numbered below this.</summary>
    public int Modes { get; }

    /// <summary>Last stage that can be the last one with a dense layer; -1 where layers are of one kind.</summary>
    public int LastSplit { get; }

    public int[] StartModes { get; }

    public int RankOfStage(int stage) => rankOfStage[stage];

    /// <summary>False where the mode allows nothing on the stage.</summary>
    public bool TryRule(int stage, int mode, out StageRule rule)
    {
        var split = (mode / MtpPlaces) - 1;
        var place = (mode % MtpPlaces) - 1;
        var last = Stages - 1;
        rule = default;

        // Settled modes come after the stages they spoke of.
        if (mixed && split < 0 && stage == 0) return false;
        if (problem.MtpModules > 0 && place < 0 && (stage == last || stage == last - 1)) return false;
        if (place == 1 && stage == last) return split != stage;

        var mtp = place >= 0 && stage == last - place ? problem.MtpModules : 0;
        var least = stage == 0 || stage == last || mtp > 0 ? 0 : 1;
        if (split < 0)
        {
            var dense = problem.MoeLayers == 0;
            rule = dense ? new(true, false, least, 0, mtp) : new(false, true, 0, least, mtp);
        }
        else if (stage < split) rule = new(true, false, least, 0, mtp);
        else if (stage == split) rule = new(true, true, 1, 0, mtp);
        else rule = new(false, true, 0, least, mtp);
        return true;
    }

    /// <summary>The mode after ranks 0 to <paramref name="rank"/> are filled; -1 where dense layers are left that have no place any more.</summary>
    public int Settle(int mode, int rank, int denseLeft)
    {
        var split = (mode / MtpPlaces) - 1;
        var place = (mode % MtpPlaces) - 1;
        if (split >= 0 && rank >= lastRankUpTo[split])
        {
            if (denseLeft > 0) return -1;
            split = -1;
        }

        if (place >= 0 && rank >= rankOfStage[Stages - 1] && rank >= rankOfStage[Math.Max(0, Stages - 2)]) place = -1;
        return ModeOf(split, place);
    }

    private static int ModeOf(int split, int place) => ((split + 1) * MtpPlaces) + place + 1;
}
