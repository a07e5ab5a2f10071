using Planner.Cost.Hardware;

namespace Planner.Planning;

/// <summary>The nodes of a request: the cluster of --gpus less those that are excluded or kept back. Refuses limits that the cluster contradicts.</summary>
internal static class ClusterOfRequest
{
    /// <summary>Null where it does not matter on which nodes a group is: no switches are known and no node is missing, or links join several nodes.</summary>
    public static ClusterSpec? Of(int gpus, NodeLimits limits, MachineSpec machine)
    {
        var node = machine.Node.Gpus;
        var nodes = (gpus + node - 1) / node;
        if (limits.Any) Check(gpus, nodes, limits, machine);
        if (machine.Node.DomainGpus != node || (!limits.Any && machine.Network.Tiers.IsEmpty)) return null;
        var known = !machine.Network.Tiers.IsEmpty;
        var leaf = known ? Math.Clamp(machine.Network.Tiers[0].Gpus / node, 1, nodes) : nodes;
        return new ClusterSpec(node, nodes, leaf, limits.Excluded, limits.Spares, nodes - limits.Excluded.Length - limits.Spares) { LeavesKnown = known };
    }

    private static void Check(int gpus, int nodes, NodeLimits limits, MachineSpec machine)
    {
        if (machine.Node.DomainGpus != machine.Node.Gpus)
        {
            throw new RefusedException(
                $"--exclude-nodes and --spare-nodes: the links of {machine.Name} join {machine.Node.DomainGpus / machine.Node.Gpus} nodes, and a domain with nodes missing is not modelled; "
                + "leave them out and give --gpus what is left in whole domains");
        }

        if (!limits.Excluded.IsEmpty && limits.Excluded[^1] >= nodes)
        {
            throw new RefusedException(
                $"--exclude-nodes: node {limits.Excluded[^1]} is not there; {gpus} GPUs of {machine.Name} are {nodes} {(nodes == 1 ? "node, number 0" : $"nodes, 0 to {nodes - 1}")}");
        }

        if (nodes - limits.Excluded.Length - (long)limits.Spares >= 1) return;
        throw new RefusedException(
            (limits.Spares == 0 ? "--exclude-nodes takes" : limits.Excluded.IsEmpty ? $"--spare-nodes {limits.Spares} takes" : $"--exclude-nodes ({limits.Excluded.Length}) and --spare-nodes {limits.Spares} take")
            + $" all {nodes} nodes of {gpus} GPUs of {machine.Name}; leave at least one");
    }
}
