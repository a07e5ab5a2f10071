namespace Planner.Search.Experts;

/// <summary>Two experts and how often they serve the same token.</summary>
internal readonly record struct ExpertPair(int A, int B, double Weight);

/// <summary>
/// Brings experts that serve the same tokens to the same node: swaps of experts on different nodes that keep more weight inside nodes and no rank
/// hotter than allowed, at first also swaps that lose a little. A local search: it proves nothing. What the router's groups fix is left alone.
/// </summary>
internal sealed class PairSearch
{
    /// <summary>How much hotter than the coolest placement found the hottest rank may become.</summary>
    public const double Allowed = 0.01;

    // Passes that accept swaps which lose weight, less and less of it: a way out of poor valleys. The share is of an expert's own weight.
    private const int Levels = 40;
    private const double TopLoss = 0.2;

    private readonly double[] loads;
    private readonly int[] rankOf;
    private readonly double[] rankLoad;
    private readonly double[,] toNode;
    private readonly List<(int Other, double Weight)>[] partners;
    private readonly int ranksInNode;
    private readonly int ranksInBlock;

    private PairSearch(ReadOnlySpan<double> loads, int[][] ranks, IReadOnlyCollection<ExpertPair> pairs, int ranksInNode, int ranksInBlock)
    {
        this.loads = loads.ToArray();
        this.ranksInNode = ranksInNode;
        this.ranksInBlock = ranksInBlock;
        rankOf = new int[loads.Length];
        rankLoad = new double[ranks.Length];
        for (var rank = 0; rank < ranks.Length; rank++)
        {
            foreach (var expert in ranks[rank])
            {
                rankOf[expert] = rank;
                rankLoad[rank] += loads[expert];
            }
        }

        partners = [.. Enumerable.Range(0, loads.Length).Select(_ => new List<(int, double)>())];
        toNode = new double[loads.Length, (ranks.Length + ranksInNode - 1) / ranksInNode];
        foreach (var (a, b, weight) in pairs)
        {
            partners[a].Add((b, weight));
            partners[b].Add((a, weight));
            toNode[a, Node(b)] += weight;
            toNode[b, Node(a)] += weight;
        }
    }

    /// <summary>Weight of the pairs whose experts lie on different nodes.</summary>
    public static double Across(IReadOnlyList<IReadOnlyList<int>> ranks, IEnumerable<ExpertPair> pairs, int ranksInNode)
    {
        var nodeOf = new Dictionary<int, int>();
        for (var rank = 0; rank < ranks.Count; rank++)
            foreach (var expert in ranks[rank]) nodeOf[expert] = rank / ranksInNode;
        return pairs.Where(pair => nodeOf[pair.A] != nodeOf[pair.B]).Sum(pair => pair.Weight);
    }

    /// <summary>Experts of every rank after the swaps; the given ones where these keep less weight inside nodes.</summary>
    /// <param name="loads">Load of every expert.</param>
    /// <param name="ranks">Experts of every rank, no copies.</param>
    /// <param name="pairs">Pairs.</param>
    /// <param name="ranksInNode">Neighbouring ranks that share a node.</param>
    /// <param name="ranksInBlock">Neighbouring ranks whose experts may change places.</param>
    public static int[][] Improve(ReadOnlySpan<double> loads, int[][] ranks, IReadOnlyCollection<ExpertPair> pairs, int ranksInNode, int ranksInBlock)
    {
        var search = new PairSearch(loads, ranks, pairs, ranksInNode, ranksInBlock);
        search.Swap(search.rankLoad.Max() * (1 + Allowed));
        int[][] swapped = [.. Enumerable.Range(0, ranks.Length).Select(rank => Enumerable.Range(0, search.rankOf.Length).Where(expert => search.rankOf[expert] == rank).ToArray())];
        return Across(swapped, pairs, ranksInNode) < Across(ranks, pairs, ranksInNode) ? swapped : ranks;
    }

    private int Node(int expert) => rankOf[expert] / ranksInNode;

    private void Swap(double limit)
    {
        var scale = partners.Average(own => own.Sum(partner => partner.Weight));
        for (var level = Levels; level > 0; level--) Pass(limit, level * TopLoss / Levels * scale);
        while (Pass(limit, 0))
        {
        }
    }

    private bool Pass(double limit, double loss)
    {
        var moved = false;
        for (var a = 0; a < loads.Length; a++)
            for (var b = a + 1; b < loads.Length; b++)
                moved |= Node(a) != Node(b) && rankOf[a] / ranksInBlock == rankOf[b] / ranksInBlock && Fits(a, b, limit) && Exchanged(a, b, loss);
        return moved;
    }

    private bool Fits(int a, int b, double limit)
    {
        var more = loads[b] - loads[a];
        return rankLoad[rankOf[a]] + more <= limit && rankLoad[rankOf[b]] - more <= limit;
    }

    // Weight that comes inside nodes. A pair of the two themselves stays between them.
    private double Gain(int a, int b)
    {
        var (here, there) = (Node(a), Node(b));
        var gain = toNode[a, there] - toNode[a, here] + toNode[b, here] - toNode[b, there];
        foreach (var (other, weight) in partners[a])
            if (other == b) gain -= 2 * weight;
        return gain;
    }

    private bool Exchanged(int a, int b, double loss)
    {
        // Less is rounding.
        if (Gain(a, b) + loss <= 1e-9 * (toNode[a, Node(b)] + toNode[b, Node(a)])) return false;
        Move(a, Node(a), Node(b));
        Move(b, Node(b), Node(a));
        var more = loads[b] - loads[a];
        rankLoad[rankOf[a]] += more;
        rankLoad[rankOf[b]] -= more;
        (rankOf[a], rankOf[b]) = (rankOf[b], rankOf[a]);
        return true;
    }

    private void Move(int expert, int from, int to)
    {
        foreach (var (other, weight) in partners[expert])
        {
            toNode[other, from] -= weight;
            toNode[other, to] += weight;
        }
    }
}
