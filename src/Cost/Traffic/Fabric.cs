using Planner.Cost.Hardware;
using Planner.Cost.Stacks;

namespace Planner.Cost.Traffic;

/// <summary>
/// The links of a machine as a stack uses them, bytes a second and GPU, one direction. Ranks are numbered tensor first, then context, data,
/// pipeline (RankMap), so a group's place follows from the degrees before it.
/// </summary>
/// <param name="NodeGpus">GPUs of a node.</param>
/// <param name="NodeBandwidth">NVLink.</param>
/// <param name="NetworkBandwidth">Network, at the stack's collective efficiency.</param>
/// <param name="NodeLink">NVLink's line rate.</param>
/// <param name="NetworkLink">The network's line rate.</param>
/// <param name="NodeLatency">Start of a collective inside a node, seconds.</param>
/// <param name="NetworkLatency">Start of a collective across nodes, seconds.</param>
public sealed record Fabric(
    int NodeGpus,
    double NodeBandwidth,
    double NetworkBandwidth,
    double NodeLink,
    double NetworkLink,
    double NodeLatency,
    double NetworkLatency)
{
    /// <summary>All-gather and reduce-scatter start with this share of an all-reduce's latency (costmodel: assumed).</summary>
    private const double HalfCollectiveLatency = 0.6;

    public static Fabric Of(MachineSpec machine, StackSpec stack) => new(
        machine.Node.Gpus,
        machine.Node.EffectiveBandwidth.Value,
        machine.Network.EffectiveBandwidth.Value * stack.NetworkEfficiency,
        machine.Node.LinkBandwidth.Value,
        machine.Network.LinkBandwidth.Value,
        machine.Node.Latency.Value,
        machine.Network.Latency.Value);

    /// <summary>
    /// Seconds of a ring all-gather or reduce-scatter of <paramref name="bytes"/> (the full tensor a GPU) over a group of
    /// <paramref name="inNode"/> members a node on <paramref name="nodes"/> nodes: inside the node first, then each member its share across.
    /// </summary>
    public double GatherOrScatter(double bytes, double inNode, double nodes)
    {
        var time = 0.0;
        if (inNode > 1) time += ((inNode - 1) / inNode * bytes / NodeBandwidth) + (HalfCollectiveLatency * NodeLatency);
        if (nodes > 1) time += ((nodes - 1) / nodes * bytes / inNode / NetworkBandwidth) + (HalfCollectiveLatency * NetworkLatency);
        return time;
    }

    /// <summary>Seconds of sending bytes to one neighbour whose rank is <paramref name="stride"/> ranks away.</summary>
    public double Send(double bytes, long stride) =>
        stride < NodeGpus ? (bytes / NodeBandwidth) + NodeLatency : (bytes / NetworkBandwidth) + NetworkLatency;
}
