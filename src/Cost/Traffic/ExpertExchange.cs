using Planner.Cost.Hardware;
using Planner.Cost.Models;
using Planner.Cost.Stacks;

namespace Planner.Cost.Traffic;

/// <summary>Seconds of one exchange by the link that carries it; both legs run at the same time.</summary>
/// <param name="Network">Between nodes.</param>
/// <param name="Node">NVLink.</param>
/// <param name="Fixed">Counts and waiting, whatever the size.</param>
public readonly record struct ExchangeTime(double Network, double Node, double Fixed)
{
    /// <summary>Alone on its links.</summary>
    public double Alone => Math.Max(Network, Node) + Fixed;

    public static ExchangeTime operator +(ExchangeTime a, ExchangeTime b) => new(a.Network + b.Network, a.Node + b.Node, a.Fixed + b.Fixed);
}

/// <summary>
/// Dispatch and combine of an MoE layer. With a hierarchical exchange a token crosses the network once for every node it reaches and NVLink once
/// for every rank; the nodes and ranks reached follow from the router, its groups and the expert-parallel degree (<see cref="RouterReach"/>).
/// The measured bandwidths count the copy that stays at home, so bytes here do, too; where no measurement exists the remote copies move at the
/// machine's effective bandwidth.
/// </summary>
public sealed class ExpertExchange
{
    private const double Bf16 = 2;

    // FP8 tokens carry one FP32 scale for every 128 elements.
    private const double Fp8ScaleBytes = 4.0 / 128;

    // The machines that the tables were measured on: rows of more ranks crossed the network there.
    private const int MeasuredNodeGpus = 8;

    private readonly MoeSpec moe;
    private readonly int hidden;
    private readonly ExpertExchangeRates rates;
    private readonly Fabric fabric;
    private readonly bool fp8;
    private readonly double? loadFactor;
    private readonly IExpertLoads? measuredLoads;
    private readonly RouterReach reach;

    public ExpertExchange(ModelSpec model, StackSpec stack, Fabric fabric, Workload workload)
    {
        moe = model.Moe ?? throw new ArgumentException("the model has no experts", nameof(model));
        hidden = model.Hidden;
        rates = stack.Experts;
        this.fabric = fabric;
        fp8 = workload.Precision.Quantised();
        loadFactor = workload.LoadFactor;
        measuredLoads = workload.Experts;
        reach = RouterReach.Of(moe);
    }

    /// <summary>Distinct ones of <paramref name="parts"/> equal parts of the experts that a token reaches.</summary>
    public double Reached(int parts) => reach.Parts(parts);

    /// <summary>Rows of the busiest rank over the mean, mean over layers: as measured, else the request's, else the stack's curve at so many experts a GPU, else 1.</summary>
    /// <param name="ep">Expert-parallel ranks.</param>
    /// <param name="stride">Distance of neighbouring expert ranks in GPU numbers: the tensor-parallel degree, or 1 with folded experts.</param>
    public double Load(int ep, int stride = 1)
    {
        if (measuredLoads is { } measured) return measured.Mean(ep, fabric.InDomain(ep, stride));
        if (loadFactor is { } given) return given;
        var curve = rates.LoadFactorByExpertsPerGpu;
        if (curve.Length == 0) return 1;
        var experts = moe.Experts / (double)ep;
        if (experts <= curve[0].Key) return curve[0].Value;
        for (var i = 1; i < curve.Length; i++)
        {
            if (experts > curve[i].Key) continue;
            var (low, high) = (curve[i - 1], curve[i]);
            return low.Value + ((high.Value - low.Value) * (experts - low.Key) / (high.Key - low.Key));
        }

        return curve[^1].Value;
    }

    /// <summary>The same of the layer where it is largest: what memory that is needed for a moment goes by.</summary>
    /// <param name="ep">Expert-parallel ranks.</param>
    /// <param name="stride">Distance of neighbouring expert ranks in GPU numbers.</param>
    public double WorstLoad(int ep, int stride) => measuredLoads?.Worst(ep, fabric.InDomain(ep, stride)) ?? Load(ep, stride);

    /// <summary>Seconds of dispatch plus combine of one layer, one direction of the pass (the backward's is the same: gradients in FP8 out, BF16 back).</summary>
    /// <param name="tokens">Tokens a GPU sends.</param>
    /// <param name="ep">Expert-parallel ranks.</param>
    /// <param name="stride">Distance of neighbouring expert ranks in GPU numbers: the tensor-parallel degree, or 1 with folded experts.</param>
    public ExchangeTime Time(double tokens, int ep, int stride)
    {
        var (dispatch, combine) = Both(tokens, ep, stride);
        return dispatch.Time + combine.Time;
    }

    /// <summary>Dispatch and combine apart, with the bytes that a GPU sends to other GPUs.</summary>
    /// <inheritdoc cref="Time"/>
    public (Transfer Dispatch, Transfer Combine) Transfers(double tokens, int ep, int stride)
    {
        var (dispatch, combine) = Both(tokens, ep, stride);
        return (dispatch.Transfer, combine.Transfer);
    }

    private (Leg Dispatch, Leg Combine) Both(double tokens, int ep, int stride)
    {
        if (ep == 1) return default;
        var dispatch = hidden * (fp8 && rates.DispatchBytes < Bf16 ? rates.DispatchBytes + Fp8ScaleBytes : Bf16);
        var combine = hidden * rates.CombineBytes;
        var ranksInNode = fabric.InDomain(ep, stride);
        var nodes = (ep + ranksInNode - 1) / ranksInNode;
        var across = fabric.ShareAcross(fabric.Placed?.Experts(ep, stride) ?? (double)ep * stride);
        var sent = tokens * Load(ep, stride);
        return (OneWay(sent * dispatch, ep, nodes, combineWay: false, across), OneWay(sent * combine, ep, nodes, combineWay: true, across));
    }

    /// <summary>True where the stack's measured table reaches this degree.</summary>
    public bool Measured(int ep) => rates.Bandwidths.Length == 0 || ep <= rates.Bandwidths[^1].ExpertParallel;

    private Leg OneWay(double bytesACopy, int ep, int nodes, bool combineWay, double across)
    {
        var measured = Bandwidth(ep, nodes, combineWay);
        if (nodes == 1)
        {
            var copies = rates.Hierarchical ? reach.Parts(ep) : moe.TopK;
            var inside = copies * Remote(ep) * bytesACopy;
            return new Leg(new ExchangeTime(0, measured is { } link ? copies * bytesACopy / link : inside / fabric.NodeBandwidth, rates.Notify.Value), inside, 0);
        }

        if (!rates.Hierarchical)
        {
            var remote = moe.TopK * Remote(nodes) * bytesACopy;
            var near = moe.TopK * Remote(ep / nodes) / nodes * bytesACopy;
            return new Leg(
                new ExchangeTime(remote / ((measured ?? fabric.NetworkBandwidth) * across), near / fabric.NodeBandwidth, rates.Notify.Value), near, remote);
        }

        var far = reach.Parts(nodes) * Remote(nodes) * bytesACopy;
        var forwarded = reach.Parts(ep) * Remote(ep / nodes) * bytesACopy;
        var network = measured is { } rate
            ? reach.Parts(nodes) * bytesACopy / (rate * across)
            : far / (fabric.NetworkBandwidth * across);
        return new Leg(new ExchangeTime(network, forwarded / fabric.NodeBandwidth, rates.Notify.Value), forwarded, far);
    }

    // One direction: its time, and the bytes that a GPU sends inside its domain and across.
    private readonly record struct Leg(ExchangeTime Time, double Node, double Network)
    {
        public Transfer Transfer => new(Time.Alone, Node, Network);
    }

    private static double Remote(int parts) => (parts - 1) / (double)parts;

    // The measured row of the smallest degree that is not below ep and crosses the same kind of link; the last one beyond the table.
    private double? Bandwidth(int ep, int nodes, bool combineWay)
    {
        ExpertBandwidth? best = null;
        foreach (var row in rates.Bandwidths)
        {
            if ((row.ExpertParallel > MeasuredNodeGpus) != (nodes > 1)) continue;
            best = row;
            if (row.ExpertParallel >= ep) break;
        }

        if (best is not { } found) return null;
        var link = nodes > 1 ? fabric.NetworkLink / rates.MeasuredNetworkLink.Value : fabric.NodeLink / rates.MeasuredNodeLink.Value;
        return (combineWay ? found.Combine : found.Dispatch).Value * link;
    }
}
