using Planner.Cost.Models;

namespace Planner.Cost.Layout;

/// <summary>Consecutive experts.</summary>
public readonly record struct ExpertRange(int First, int Count)
{
    public int Last => First + Count - 1;
}

/// <summary>How a router's groups of experts lie on nodes; only then does a limit on groups limit nodes.</summary>
public enum GroupPlacement
{
    /// <summary>The router does not limit groups.</summary>
    NotLimited,

    /// <summary>Every group lies on one node: a token reaches at most as many nodes as groups.</summary>
    InsideNodes,

    /// <summary>Every group fills several nodes alone: the limit is one of groups, not of nodes.</summary>
    OverWholeNodes,

    /// <summary>Some node holds a piece of a group beside another group.</summary>
    Cut,
}

/// <summary>Experts of a layer on the places of an expert-parallel group, in order: place e holds experts e*E/ep .. (e+1)*E/ep - 1.</summary>
/// <param name="Experts">Routed experts, E.</param>
/// <param name="Places">Expert-parallel degree, ep.</param>
public sealed record ExpertPlan(int Experts, int Places)
{
    public ExpertRange OnPlace(int place)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Places);
        int first = (int)((long)place * Experts / Places);
        return new(first, (int)((place + 1L) * Experts / Places) - first);
    }

    /// <summary>How the router's groups lie on nodes under a rank map, in every expert-parallel group of it.</summary>
    public GroupPlacement Groups(RouterSpec router, RankMap map)
    {
        if (router.GroupLimit >= router.Groups)
            return GroupPlacement.NotLimited;

        int groupSize = Experts / router.Groups;
        var nodesOfGroup = new Dictionary<(int ExpertGroup, int RouterGroup), HashSet<int>>();
        var groupsOfNode = new Dictionary<(int ExpertGroup, int Node), HashSet<int>>();
        for (int rank = 0; rank < map.Ranks; rank++)
        {
            int expertGroup = map.ExpertGroupOf(rank);
            int node = map.NodeOf(rank);
            var held = OnPlace(map.ExpertPlaceOf(rank));
            for (int expert = held.First; expert <= held.Last; expert++)
            {
                Add(nodesOfGroup, (expertGroup, expert / groupSize), node);
                Add(groupsOfNode, (expertGroup, node), expert / groupSize);
            }
        }

        if (nodesOfGroup.Values.All(nodes => nodes.Count == 1))
            return GroupPlacement.InsideNodes;
        return groupsOfNode.Values.All(groups => groups.Count == 1) ? GroupPlacement.OverWholeNodes : GroupPlacement.Cut;
    }

    private static void Add<TKey>(Dictionary<TKey, HashSet<int>> sets, TKey key, int value)
        where TKey : notnull
    {
        if (!sets.TryGetValue(key, out var set))
            sets[key] = set = [];
        set.Add(value);
    }
}
