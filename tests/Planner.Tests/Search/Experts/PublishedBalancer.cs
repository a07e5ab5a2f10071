namespace Planner.Tests.Search.Experts;

/// <summary>
/// The Expert Parallelism Load Balancer as its authors describe it (deepseek-ai/EPLB, README and eplb.py), written again for comparison. Hierarchical:
/// groups are packed on nodes, experts are copied inside each node, copies are packed on its GPUs. Global: the same with one group and one node.
/// Packing: heaviest first, each into the lightest pack that has room. Copies: the next one for the expert that carries most a copy.
/// </summary>
internal static class PublishedBalancer
{
    /// <summary>Load of every GPU.</summary>
    /// <param name="loads">Load of each expert.</param>
    /// <param name="replicas">Physical experts.</param>
    /// <param name="groups">Groups of experts; 1 for the global policy.</param>
    /// <param name="nodes">Nodes; 1 for the global policy.</param>
    /// <param name="gpus">GPUs.</param>
    public static double[] Balance(double[] loads, int replicas, int groups, int nodes, int gpus)
    {
        var size = loads.Length / groups;
        var groupLoads = Enumerable.Range(0, groups).Select(group => loads.Skip(group * size).Take(size).Sum()).ToArray();
        var nodeOf = Pack(groupLoads, nodes);
        var result = new List<double>();
        for (var node = 0; node < nodes; node++)
        {
            var experts = Enumerable.Range(0, loads.Length).Where(expert => nodeOf[expert / size] == node).Select(expert => loads[expert]).ToArray();
            var copies = Replicate(experts, replicas / nodes);
            var physical = experts.SelectMany((load, i) => Enumerable.Repeat(load / copies[i], copies[i])).ToArray();
            var gpuOf = Pack(physical, gpus / nodes);
            result.AddRange(Enumerable.Range(0, gpus / nodes).Select(gpu => physical.Where((_, i) => gpuOf[i] == gpu).Sum()));
        }

        return [.. result];
    }

    private static int[] Pack(double[] weights, int packs)
    {
        var room = weights.Length / packs;
        var packOf = new int[weights.Length];
        var (load, items) = (new double[packs], new int[packs]);
        foreach (var item in Enumerable.Range(0, weights.Length).OrderByDescending(item => weights[item]))
        {
            var pack = Enumerable.Range(0, packs).Where(p => items[p] < room).MinBy(p => load[p]);
            packOf[item] = pack;
            load[pack] += weights[item];
            items[pack]++;
        }

        return packOf;
    }

    private static int[] Replicate(double[] weights, int physical)
    {
        var copies = Enumerable.Repeat(1, weights.Length).ToArray();
        for (var i = weights.Length; i < physical; i++)
            copies[Enumerable.Range(0, weights.Length).MaxBy(expert => weights[expert] / copies[expert])]++;
        return copies;
    }
}
