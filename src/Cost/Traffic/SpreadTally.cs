using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Planner.Cost.Traffic;

/// <summary>Counts how often each spread of a token's experts over groups was seen.</summary>
internal sealed class SpreadTally(int topK)
{
    private readonly Node root = new(topK, []);
    private readonly int[] groupsWith = new int[topK + 1];
    private long tokens;
    private long groups;
    private long squares;

    /// <summary>Adds a token that uses countOf[g] experts of group g.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<int> countOf)
    {
        Array.Clear(groupsWith);
        foreach (int count in countOf)
            groupsWith[count]++;
        var node = root;
        for (int count = topK; count > 0; count--)
        {
            for (int i = 0; i < groupsWith[count]; i++)
                node = node.Child(count);
        }

        node.Tokens++;
        tokens++;
        groups += node.Counts.Length;
        squares += node.Counts.Length * node.Counts.Length;
    }

    /// <summary>Standard error of the mean number of groups that a token reaches.</summary>
    public double StandardErrorOfGroups()
    {
        double mean = groups / (double)tokens;
        return Math.Sqrt(((squares / (double)tokens) - (mean * mean)) / tokens);
    }

    public ImmutableArray<ExpertSpread> Spreads()
    {
        var spreads = ImmutableArray.CreateBuilder<ExpertSpread>();
        Collect(root, spreads);
        return spreads.ToImmutable();
    }

    private void Collect(Node node, ImmutableArray<ExpertSpread>.Builder spreads)
    {
        if (node.Tokens > 0)
            spreads.Add(new(node.Counts, node.Tokens / (double)tokens));
        foreach (var child in node.Children)
        {
            if (child is not null)
                Collect(child, spreads);
        }
    }

    /// <summary>A spread, found by its counts from the largest down.</summary>
    private sealed class Node(int topK, ImmutableArray<int> counts)
    {
        public ImmutableArray<int> Counts { get; } = counts;

        public Node?[] Children { get; } = new Node?[topK + 1];

        public int Tokens { get; set; }

        public Node Child(int count) => Children[count] ??= new(topK, Counts.Add(count));
    }
}
