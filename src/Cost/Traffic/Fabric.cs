using System.Collections.Immutable;
using System.Numerics;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Stacks;

namespace Planner.Cost.Traffic;

/// <summary>
/// The links of a machine as a stack uses them, bytes a second and GPU, one direction. Ranks are numbered tensor first, then context, data,
/// pipeline (RankMap), so a group's place follows from the degrees before it.
/// </summary>
/// <param name="DomainGpus">GPUs that NVLink joins: those of a node, or of several.</param>
/// <param name="NodeBandwidth">NVLink.</param>
/// <param name="NetworkBandwidth">Network, at the stack's collective efficiency.</param>
/// <param name="NodeLink">NVLink's line rate.</param>
/// <param name="NetworkLink">The network's line rate.</param>
/// <param name="NodeLatency">Start of a collective inside a domain, seconds.</param>
/// <param name="NetworkLatency">Start of a collective across domains, seconds.</param>
public sealed record Fabric(
    int DomainGpus,
    double NodeBandwidth,
    double NetworkBandwidth,
    double NodeLink,
    double NetworkLink,
    double NodeLatency,
    double NetworkLatency)
{
    /// <summary>All-gather and reduce-scatter start with this share of an all-reduce's latency (costmodel: assumed).</summary>
    private const double HalfCollectiveLatency = 0.6;

    /// <summary>A send to a neighbour in the domain starts with this share of a collective's latency (assumed: about 10 us of 40).</summary>
    private const double SendLatency = 0.25;

    /// <summary>GPUs of a domain that a group wider than it uses there; <see cref="InDomain"/>.</summary>
    public int SliceGpus { get; init; } = DomainGpus;

    /// <summary>How gathers and scatters cross domains.</summary>
    public CollectiveShape Collectives { get; init; }

    /// <summary>Seconds that the start of a ring grows by for every domain beyond the first.</summary>
    public double RingStep { get; init; }

    /// <summary>Tiers of the network, ascending.</summary>
    public ImmutableArray<NetworkTier> Tiers { get; init; } = [];

    /// <summary>Expert groups are runs of a stage's ranks, tensor ranks among them.</summary>
    public bool FoldedExperts { get; init; }

    /// <summary>Where groups lie on the leaf switches; null where only the order of ranks is known.</summary>
    public PlacedSpans? Placed { get; init; }

    public static Fabric Of(MachineSpec machine, StackSpec stack) => new(
        machine.Node.DomainGpus,
        machine.Node.EffectiveBandwidth.Value * stack.NodeEfficiency,
        machine.Network.EffectiveBandwidth.Value * stack.NetworkEfficiency,
        machine.Node.LinkBandwidth.Value,
        machine.Network.LinkBandwidth.Value,
        machine.Node.Latency.Value + stack.CollectiveWait.Value,
        machine.Network.Latency.Value + stack.CollectiveWait.Value)
    {
        SliceGpus = machine.Node.DomainGpus == machine.Node.Gpus
            ? machine.Node.Gpus
            : (int)BitOperations.RoundUpToPowerOf2((uint)machine.Node.DomainGpus + 1) / 2,
        Collectives = stack.Collectives,
        RingStep = stack.RingStep.Value,
        Tiers = machine.Network.Tiers,
        Placed = machine is { Cluster: { } cluster, Network.Tiers: [var leaf, ..] } ? new PlacedSpans(new LeafRoom(cluster), leaf.Gpus, stack.FoldedExperts) : null,
        FoldedExperts = stack.FoldedExperts,
    };

    /// <summary>Members of an expert group that share a domain.</summary>
    public int ExpertsInDomain(Degrees degrees) => InDomain(degrees.Expert, degrees.ExpertStride(FoldedExperts));

    /// <summary>
    /// Members of a group, <paramref name="stride"/> ranks apart, that share a domain. A group no wider than a domain lies inside one: ranks
    /// fill domains in order, and what is left of a domain that holds no whole group stays idle. A wider one fills domains where it is a
    /// multiple of them; else it takes the largest power of two of a domain of several nodes, 64 of the 72 GPUs of an NVL72, as such jobs are
    /// placed in practice. A domain that is one node is filled whatever its size.
    /// </summary>
    public int InDomain(int members, long stride)
    {
        var span = members * stride;
        if (span <= DomainGpus) return members;
        var used = span % DomainGpus == 0 ? DomainGpus : SliceGpus;
        return (int)Math.Clamp(used / stride, 1, members);
    }

    /// <summary>
    /// Seconds of an all-gather or reduce-scatter of <paramref name="bytes"/> (the full tensor a GPU) over a group of
    /// <paramref name="inNode"/> members a domain on <paramref name="nodes"/> domains: inside the domain first, then each member its share across.
    /// A ring does both at once and pays a step for every domain. (A ring's pieces cross every hop: a domain's links pass (n-1)/n of the tensor, and
    /// as many rings leave a domain as it has members in the group, each with its share.)
    /// </summary>
    /// <param name="bytes">Full tensor.</param>
    /// <param name="inNode">Members a domain.</param>
    /// <param name="nodes">Domains.</param>
    /// <param name="span">GPUs from the first member to the last, for the network's tiers.</param>
    public double GatherOrScatter(double bytes, double inNode, double nodes, double span) => Gather(bytes, inNode, nodes, span).Seconds;

    /// <summary>The same with the bytes that a GPU sends inside its domain and across.</summary>
    /// <inheritdoc cref="GatherOrScatter"/>
    public Transfer Gather(double bytes, double inNode, double nodes, double span)
    {
        if (Collectives == CollectiveShape.Ring && nodes > 1) return Ring(bytes, inNode, nodes, span);
        var time = 0.0;
        var inside = (inNode - 1) / inNode * bytes;
        var across = (nodes - 1) / nodes * bytes / inNode;
        if (inNode > 1) time += (inside / NodeBandwidth) + (HalfCollectiveLatency * NodeLatency);
        if (nodes > 1) time += (across / (NetworkBandwidth * ShareAcross(span))) + (HalfCollectiveLatency * Tier(span).Latency.Value);
        return new Transfer(time, inside, across);
    }

    private Transfer Ring(double bytes, double inNode, double nodes, double span)
    {
        var members = inNode * nodes;
        var inside = inNode > 1 ? (members - 1) / members * bytes : 0;
        var across = (nodes - 1) / nodes * bytes / inNode;
        var transfer = Math.Max(inside / NodeBandwidth, across / (NetworkBandwidth * ShareAcross(span)));
        return new Transfer(transfer + (HalfCollectiveLatency * Math.Max(NodeLatency, Tier(span).Latency.Value)) + ((nodes - 1) * RingStep), inside, across);
    }

    /// <summary>Seconds of sending bytes to one neighbour whose rank is <paramref name="stride"/> ranks away.</summary>
    /// <param name="bytes">Bytes.</param>
    /// <param name="stride">Distance.</param>
    /// <param name="span">GPUs of the whole chain of neighbours: its slowest hop crosses every tier that it spans.</param>
    public double Send(double bytes, long stride, double span) => Pass(bytes, stride, span).Seconds;

    /// <summary>The same with where the bytes go.</summary>
    /// <inheritdoc cref="Send"/>
    public Transfer Pass(double bytes, long stride, double span) => stride < DomainGpus
        ? new Transfer((bytes / NodeBandwidth) + (SendLatency * NodeLatency), bytes, 0)
        : new Transfer((bytes / (NetworkBandwidth * ShareAcross(span))) + Tier(span).Latency.Value, 0, bytes);

    /// <summary>Share of the network's bandwidth that is left to groups that span so many GPUs.</summary>
    public double ShareAcross(double span) => Tier(span).Share;

    // The highest tier crossed; below the first the network as it is.
    private NetworkTier Tier(double span)
    {
        var crossed = new NetworkTier(0, 1, new Units.Seconds(NetworkLatency));
        foreach (var tier in Tiers)
            if (span > tier.Gpus) crossed = tier;
        return crossed;
    }
}
