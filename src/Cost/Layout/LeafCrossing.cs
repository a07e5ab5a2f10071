namespace Planner.Cost.Layout;

/// <summary>Which shares of the traffic between nodes cross leaf switches, once the nodes of a layout are placed.</summary>
public sealed class LeafCrossing(NodePlacement placement, RankMap map)
{
    /// <summary>Leaves that an expert-parallel group lies on: the mean and the most.</summary>
    public (double Mean, int Most) ExpertLeaves()
    {
        var leaves = Groups(map.ExpertGroupOf).Select(group => group.Count).ToList();
        return (leaves.Average(), leaves.Max());
    }

    /// <summary>Share of an expert exchange: everybody sends everybody on other nodes as much.</summary>
    public double Experts() => Mean(Groups(map.ExpertGroupOf), Pairs);

    /// <summary>Share of a context-parallel exchange.</summary>
    /// <param name="ring">Members send to the next one only.</param>
    public double Context(bool ring) => Mean(Groups(rank => rank / (map.Degrees.Tensor * map.Degrees.Context)), ring ? Ring : Pairs);

    /// <summary>Share of a ring over the replicas of dense parameters.</summary>
    /// <param name="copies">2 with a bidirectional pipeline.</param>
    public double Replicas(int copies) => Mean(Groups(rank => map.PlaceOf(rank).Tensor + (map.Degrees.Tensor * Stage(rank, copies))), Ring);

    /// <summary>Share of a ring over the replicas of experts.</summary>
    /// <param name="copies">2 with a bidirectional pipeline.</param>
    public double ExpertReplicas(int copies) => Mean(Groups(rank => map.ExpertPlaceOf(rank) + (map.Degrees.Expert * Stage(rank, copies))), Ring);

    /// <summary>Hops from one pipeline rank to another, of all replicas: those in a node, in a leaf, between leaves.</summary>
    public (int Node, int Leaf, int Across) Hops(int from, int to)
    {
        var stage = map.Ranks / map.Degrees.Pipeline;
        var (inNode, inLeaf, across) = (0, 0, 0);
        for (var i = 0; i < stage; i++)
        {
            var (a, b) = (map.NodeOf((from * stage) + i), map.NodeOf((to * stage) + i));
            if (a == b) inNode++;
            else if (placement.LeafOf(a) == placement.LeafOf(b)) inLeaf++;
            else across++;
        }

        return (inNode, inLeaf, across);
    }

    private int Stage(int rank, int copies)
    {
        var stage = map.PlaceOf(rank).Pipeline;
        return copies == 1 ? stage : Math.Min(stage, map.Degrees.Pipeline - 1 - stage);
    }

    // Nodes of each group, by leaf.
    private Dictionary<int, Dictionary<int, int>>.ValueCollection Groups(Func<int, int> groupOf)
    {
        var seen = new HashSet<(int Group, int Node)>();
        var groups = new Dictionary<int, Dictionary<int, int>>();
        for (var rank = 0; rank < map.Ranks; rank++)
        {
            var (group, node) = (groupOf(rank), map.NodeOf(rank));
            if (!seen.Add((group, node))) continue;
            if (!groups.TryGetValue(group, out var leaves)) groups.Add(group, leaves = []);
            leaves[placement.LeafOf(node)] = leaves.GetValueOrDefault(placement.LeafOf(node)) + 1;
        }

        return groups.Values;
    }

    private static double Mean(IEnumerable<Dictionary<int, int>> groups, Func<Dictionary<int, int>, double> share) => groups.Average(share);

    private static double Pairs(Dictionary<int, int> leaves)
    {
        double nodes = leaves.Values.Sum();
        return nodes <= 1 ? 0 : 1 - (leaves.Values.Sum(here => here * (here - 1.0)) / (nodes * (nodes - 1)));
    }

    // A ring that visits leaf after leaf leaves each once.
    private static double Ring(Dictionary<int, int> leaves) => leaves.Count <= 1 ? 0 : leaves.Count / (double)leaves.Values.Sum();
}
