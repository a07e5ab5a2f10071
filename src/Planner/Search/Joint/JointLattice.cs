using Planner.Cost.Layout;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// All placements of one candidate that may stay near the limit, as a lattice, with the cuts that say so. What is missing from it does not fit
/// the memory, breaks the contents rule, or makes some cut longer; nothing else is left out. How far past the limit it reaches depends on its
/// size: the solver is to choose among all that come near, as long as these are not too many.
/// </summary>
internal sealed class JointLattice
{
    private const int MostArcs = 300;
    private const int MostSlackHalvings = 4;
    private const int SampleRounds = 6;
    private const int SamplesPerRound = 16;

    // Arcs times cuts, of all prunings: about a fifth of a second. What is not pruned to few arcs by then, the solver did not prove either
    // (Qwen2.5-72B on 256 h100, Llama-3.1-70B on 512: thousands of arcs after up to two seconds).
    private const long MostWork = 20_000_000;

    private readonly PlacementOptions options;
    private readonly RankCosts[] costs;
    private readonly long lag;
    private readonly List<PathCut> cuts;
    private long work;

    /// <summary>Builds and prunes.</summary>
    /// <param name="candidate">The layout.</param>
    /// <param name="known">Further cuts of its graph.</param>
    /// <param name="limit">Every placement this long or shorter is kept, in ticks.</param>
    /// <param name="slack">Share of the limit by which placements may be longer and are still kept, if they are few.</param>
    public JointLattice(JointCandidate candidate, ReadOnlySpan<PathCut> known, long limit, double slack)
    {
        var problem = candidate.Problem;
        lag = problem.Lag;
        costs = RankCosts.Of(problem);

        // Rank cuts are always among them: without any cut a rank could hold almost everything in many ways.
        cuts = [.. RankCuts.Of(problem.Graph), .. known];
        if (!candidate.Cuts.IsDefault) cuts.AddRange(candidate.Cuts.Where(cut => !cuts.Contains(cut)));
        var beyond = (long)(limit * slack);
        var rules = new PlacementRules(problem);
        options = PlacementOptions.Enumerate(problem, rules, costs, cuts, limit + beyond + 1, problem.LimitKib);
        Lattice = PlacementLatticeBuilder.Build(problem, rules, costs, options);
        var sampler = new CutSampler(problem, costs, options);
        Sharpen(sampler, limit + beyond);
        for (var halving = 1; Lattice.Arcs > MostArcs && work <= MostWork && halving <= MostSlackHalvings; halving++)
            Sharpen(sampler, limit + (halving == MostSlackHalvings ? 0 : beyond >> halving));
    }

    /// <summary>Its tables are those of the cuts loaded last.</summary>
    public PlacementLattice Lattice { get; private set; }

    public bool Empty => Lattice.Empty;

    /// <summary>Too much is left to choose from, and pruning was given up.</summary>
    public bool TooMuch => work > MostWork && Lattice.Arcs > MostArcs;

    public int Ranks => costs.Length;

    public IReadOnlyList<PathCut> Cuts => cuts;

    /// <summary>Loads the tables of some cuts.</summary>
    public void Load(IReadOnlyList<PathCut> some) => Lattice.Load(some, 0, options, costs, lag);

    /// <summary>What an option puts on the stages of its rank.</summary>
    public ReadOnlySpan<StageContent> Contents(int option, out ReadOnlySpan<int> stages)
    {
        var rank = costs[Lattice.OptionRanks[option]];
        stages = rank.Stages;
        return options.Contents(Lattice.OptionIds[option], rank);
    }

    /// <summary>The arcs of a placement; null where the lattice does not hold it.</summary>
    public int[]? Arcs(StagePlan plan)
    {
        var arcs = new int[Ranks];
        for (var root = 0; root < Lattice.Roots; root++)
        {
            var node = root;
            var rank = 0;
            for (; rank < arcs.Length; rank++)
            {
                arcs[rank] = Arc(node, plan);
                if (arcs[rank] < 0) break;
                node = Lattice.ArcTo[arcs[rank]];
            }

            if (rank == arcs.Length) return arcs;
        }

        return null;
    }

    private int Arc(int node, StagePlan plan)
    {
        for (var arc = Lattice.ArcStart[node]; arc < Lattice.ArcStart[node + 1]; arc++)
        {
            var contents = Contents(Lattice.ArcOption[arc], out var stages);
            var same = true;
            for (var i = 0; i < stages.Length; i++) same &= contents[i] == plan.Stages[stages[i]];
            if (same) return arc;
        }

        return -1;
    }

    private void Sharpen(CutSampler sampler, long most)
    {
        Prune(most);
        for (var round = 0; round < SampleRounds && !Lattice.Empty && !TooMuch; round++)
        {
            var found = sampler.Sample(Lattice, SamplesPerRound);
            if (found.Count == 0) return;
            cuts.AddRange(found);
            Prune(most);
        }
    }

    // Pruning lengthens the shortest ways of what is left, which prunes more.
    private void Prune(long most)
    {
        while (!Lattice.Empty && !TooMuch)
        {
            work += (long)Lattice.Arcs * cuts.Count;
            Load(cuts);
            var pruned = Lattice.Pruned(most + 1);
            if (pruned.Arcs == Lattice.Arcs) return;
            Lattice = pruned;
        }
    }
}
