using Google.OrTools.Sat;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>
/// One layout inside the joint model: its placements as ways through a lattice with a literal an arc, all false unless the layout's literal
/// holds. Memory and the contents rule are in the arcs; layers a stage are integer variables tied to them; every cut is a row. A cut's
/// coefficients are what an arc adds to the shortest way on, so that a partly chosen way counts in full without the help of a linear program.
/// </summary>
internal sealed class JointModelCandidate
{
    private readonly CpModel model;
    private readonly int stages;
    private readonly JointLattice ways;
    private readonly IntVar time;
    private readonly BoolVar chosen;
    private readonly BoolVar[] arcs;
    private readonly BoolVar[] nodes;
    private readonly List<(IntVar Count, int Stage, bool Dense)> counts = [];

    public JointModelCandidate(CpModel model, JointCandidate candidate, JointLattice ways, int number, BoolVar chosen, IntVar time)
    {
        this.model = model;
        this.ways = ways;
        this.time = time;
        this.chosen = chosen;
        stages = candidate.Problem.Stages;
        var lattice = ways.Lattice;
        arcs = new BoolVar[lattice.Arcs];
        for (var arc = 0; arc < arcs.Length; arc++) arcs[arc] = model.NewBoolVar($"way{number}-{arc}");
        nodes = new BoolVar[lattice.Nodes];
        for (var node = lattice.Roots; node < nodes.Length - 1; node++) nodes[node] = model.NewBoolVar($"state{number}-{node}");
        nodes[^1] = chosen;
        Ways();
        Counts(number);
        ways.Load(ways.Cuts);
        for (var cut = 0; cut < ways.Cuts.Count; cut++) AddLoaded(cut);
    }

    /// <summary>The makespan is no shorter than the path.</summary>
    public void Add(PathCut cut)
    {
        ways.Load([cut]);
        AddLoaded(0);
    }

    /// <summary>Takes out a placement, which must be among the ways.</summary>
    public void Exclude(StagePlan plan) =>
        model.AddBoolOr((ways.Arcs(plan) ?? throw new ArgumentException("the placement is not among the ways")).Select(arc => arcs[arc].Not()));

    public StagePlan Plan(CpSolver solver)
    {
        var contents = new StageContent[stages];
        for (var arc = 0; arc < arcs.Length; arc++)
        {
            if (!solver.BooleanValue(arcs[arc])) continue;
            var held = ways.Contents(ways.Lattice.ArcOption[arc], out var at);
            for (var i = 0; i < at.Length; i++) contents[at[i]] = held[i];
        }

        return new StagePlan([.. contents]);
    }

    /// <summary>Suggests a placement, which must be among the ways; null: that the layout is not chosen.</summary>
    public void Hint(StagePlan? plan)
    {
        var way = plan is null ? [] : ways.Arcs(plan) ?? throw new ArgumentException("the placement is not among the ways");
        model.AddHint(chosen, plan is not null);
        var on = new bool[arcs.Length];
        var through = new bool[nodes.Length];
        foreach (var arc in way) on[arc] = through[ways.Lattice.ArcTo[arc]] = true;
        for (var arc = 0; arc < arcs.Length; arc++) model.AddHint(arcs[arc], on[arc]);
        for (var node = ways.Lattice.Roots; node < nodes.Length - 1; node++) model.AddHint(nodes[node], through[node]);
        foreach (var (count, stage, dense) in counts)
            model.AddHint(count, plan is null ? 0 : dense ? plan.Stages[stage].Dense : plan.Stages[stage].Moe);
    }

    // One arc out of the roots and one into the end where the layout is chosen; one in and one out of every node that is passed.
    private void Ways()
    {
        var lattice = ways.Lattice;
        model.AddExactlyOne(arcs[..lattice.ArcStart[lattice.Roots]].Append(chosen.Not()));
        var into = new List<ILiteral>[nodes.Length];
        for (var node = 0; node < into.Length; node++) into[node] = [];
        for (var arc = 0; arc < arcs.Length; arc++) into[lattice.ArcTo[arc]].Add(arcs[arc]);
        for (var node = lattice.Roots; node < nodes.Length; node++)
        {
            model.AddExactlyOne(into[node].Append(nodes[node].Not()));
            if (node == nodes.Length - 1) break;
            model.AddExactlyOne(arcs[lattice.ArcStart[node]..lattice.ArcStart[node + 1]].Append(nodes[node].Not()));
        }
    }

    // Layers of each kind a stage, from the arc chosen for its rank.
    private void Counts(int number)
    {
        var lattice = ways.Lattice;
        var dense = new List<(int Arc, int Layers)>[stages];
        var moe = new List<(int Arc, int Layers)>[stages];
        for (var stage = 0; stage < stages; stage++) (dense[stage], moe[stage]) = ([], []);
        for (var arc = 0; arc < arcs.Length; arc++)
        {
            var held = ways.Contents(lattice.ArcOption[arc], out var at);
            for (var i = 0; i < at.Length; i++)
            {
                if (held[i].Dense > 0) dense[at[i]].Add((arc, held[i].Dense));
                if (held[i].Moe > 0) moe[at[i]].Add((arc, held[i].Moe));
            }
        }

        for (var stage = 0; stage < stages; stage++)
        {
            Count($"dense{number}-{stage}", dense[stage], stage, true);
            Count($"moe{number}-{stage}", moe[stage], stage, false);
        }
    }

    private void Count(string name, List<(int Arc, int Layers)> layers, int stage, bool dense)
    {
        if (layers.Count == 0) return;
        var count = model.NewIntVar(0, layers.Max(held => held.Layers), name);
        model.Add(count == LinearExpr.WeightedSum(layers.Select(held => arcs[held.Arc]), layers.Select(held => (long)held.Layers)));
        counts.Add((count, stage, dense));
    }

    private void AddLoaded(int cut)
    {
        var lattice = ways.Lattice;
        var shortest = long.MaxValue;
        for (var root = 0; root < lattice.Roots; root++) shortest = Math.Min(shortest, lattice.Backward[(root * lattice.Stride) + cut]);
        var length = LinearExpr.NewBuilder();
        length.AddTerm(chosen, lattice.Constants[cut] + shortest);
        for (var node = 0; node < lattice.Nodes - 1; node++)
        {
            var onward = node < lattice.Roots ? shortest : lattice.Backward[(node * lattice.Stride) + cut];
            for (var arc = lattice.ArcStart[node]; arc < lattice.ArcStart[node + 1]; arc++)
            {
                var weight = lattice.Weights[(lattice.ArcOption[arc] * lattice.Stride) + cut];
                var extra = weight + lattice.Backward[(lattice.ArcTo[arc] * lattice.Stride) + cut] - onward;
                if (extra > 0) length.AddTerm(arcs[arc], extra);
            }
        }

        model.Add(time >= length);
    }
}
