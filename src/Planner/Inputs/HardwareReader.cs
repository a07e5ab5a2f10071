using System.Collections.Immutable;
using Planner.Cost.Hardware;
using Planner.Cost.Units;
using Planner.Inputs.Json;

namespace Planner.Inputs;

/// <summary>A hardware file to a <see cref="MachineSpec"/>; the units are those of the field names.</summary>
internal static class HardwareReader
{
    private const int MostGpusInNode = 1024;
    private const int MostGpus = 10_000_000;
    private const int MostMultiprocessors = 100_000;

    public static LoadedMachine Read(string name, JsonFile file)
    {
        MachineSpec spec = Spec(name, file, null, out string description);
        return new LoadedMachine(spec, description, CanonicalDigest.Of(file.Root)) { With = drawn => Spec(name, file, drawn, out _) };
    }

    private static MachineSpec Spec(string name, JsonFile file, IReadOnlyDictionary<string, double>? drawn, out string description)
    {
        JsonFields root = JsonFields.Of(file);
        if (root.Optional("accelerator") is null && root.Optional("config") is not null)
            throw root.Error("this is a model file; give it to --model, and a hardware file here");
        if (root.Optional("accelerator") is null && root.Optional("rates") is not null)
            throw root.Error("this is a stack file; give it to --stack, and a hardware file here");

        ImmutableArray<Constant>.Builder constants = ImmutableArray.CreateBuilder<Constant>();
        var top = new SourcedFields(JsonFields.Of(file), constants, drawn);
        description = top.Fields.Text("description");
        SourcedFields accelerator = top.Object("accelerator");
        SourcedFields node = top.Object("node");
        SourcedFields network = top.Object("network");
        SourcedFields price = top.Object("price");
        string architecture = accelerator.Fields.Text("architecture");
        AcceleratorSpec gpu = Accelerator(accelerator, architecture);
        NodeSpec links = Node(node, architecture);
        var spec = new MachineSpec(
            name,
            gpu,
            links,
            Network(network, links.Gpus),
            price.OptionalNumber("usd_per_gpu_hour", NumberRange.Positive),
            constants.ToImmutable());
        foreach (SourcedFields part in (SourcedFields[])[top, accelerator, node, network, price])
            part.Fields.RefuseOthers();
        return spec;
    }

    private static AcceleratorSpec Accelerator(SourcedFields fields, string architecture)
    {
        double bf16 = fields.Number("bf16_tflops", NumberRange.Positive);
        double fp8 = fields.Number("fp8_tflops", NumberRange.NotNegative);
        DenseRates? dense = DenseRates.For(architecture);
        if (dense?.ObjectionToBf16(bf16) is { } bf16Objection)
            throw fields.Fields.ErrorAt("bf16_tflops", bf16Objection);
        if (dense?.ObjectionToFp8(fp8) is { } fp8Objection)
            throw fields.Fields.ErrorAt("fp8_tflops", fp8Objection);
        double fp4 = fields.Fields.Optional("fp4_tflops") is null ? 0 : fields.Number("fp4_tflops", NumberRange.NotNegative);
        if (dense?.ObjectionToFp4(fp4) is { } fp4Objection)
            throw fields.Fields.ErrorAt("fp4_tflops", fp4Objection);
        return new AcceleratorSpec(
            architecture,
            FlopsPerSecond.FromTeraflops(bf16),
            FlopsPerSecond.FromTeraflops(fp8),
            Bytes.FromGigabytes(fields.Number("memory_gb", NumberRange.Positive)),
            BytesPerSecond.FromTerabytes(fields.Number("hbm_tb_s", NumberRange.Positive)),
            fields.Count("multiprocessors", MostMultiprocessors),
            FlopsPerSecond.FromTeraflops(fp4),
            fields.Fields.Optional("sustained_clock") is null ? 1 : fields.Number("sustained_clock", NumberRange.Share))
        {
            AttentionShare = fields.Fields.Optional("attention_share") is null ? 1 : fields.Number("attention_share", NumberRange.Share),
        };
    }

    private static NodeSpec Node(SourcedFields fields, string architecture)
    {
        int gpus = fields.Count("gpus", MostGpusInNode);
        (double link, double effective) = Bandwidths(fields, "nvlink_gb_s", "nvlink_effective_gb_s");
        return DenseRates.For(architecture)?.ObjectionToLink(link) is { } objection
            ? throw fields.Fields.ErrorAt("nvlink_gb_s", objection)
            : new NodeSpec(
                gpus,
                BytesPerSecond.FromGigabytes(link),
                BytesPerSecond.FromGigabytes(effective),
                Seconds.FromMicroseconds(fields.Number("nvlink_latency_us", NumberRange.NotNegative)),
                Domain(fields, gpus));
    }

    // GPUs that the links join; 0 where the domain is the node.
    private static int Domain(SourcedFields fields, int node)
    {
        if (fields.Fields.Optional("domain_gpus") is null) return 0;
        int domain = fields.Count("domain_gpus", MostGpusInNode);
        if (domain % node == 0) return domain;
        throw fields.Fields.ErrorAt(
            "domain_gpus",
            FormattableString.Invariant($"domain_gpus {domain} is not a multiple of the node's {node} GPUs; a domain is whole nodes, so leave it out where it is the node"));
    }

    private static NetworkSpec Network(SourcedFields fields, int nodeGpus)
    {
        (double link, double effective) = Bandwidths(fields, "network_gb_s", "network_effective_gb_s");
        var latency = Seconds.FromMicroseconds(fields.Number("network_latency_us", NumberRange.NotNegative));
        return new NetworkSpec(BytesPerSecond.FromGigabytes(link), BytesPerSecond.FromGigabytes(effective), latency)
        {
            Tiers = Tiers(fields, Leaf(fields, nodeGpus, latency)),
        };
    }

    // Leaf switches as the lowest tier: beyond the nodes of one, 1 / oversubscription of the bandwidth is left.
    private static NetworkTier? Leaf(SourcedFields fields, int nodeGpus, Seconds latency)
    {
        if (fields.Fields.Optional("nodes_per_leaf") is null)
        {
            foreach (string other in (string[])["oversubscription", "spine_latency_us"])
                if (fields.Fields.Optional(other) is not null) throw fields.Fields.ErrorAt(other, $"{other} is what lies above the leaf switches; give nodes_per_leaf, too");
            return null;
        }

        int nodes = fields.Count("nodes_per_leaf", MostGpus / nodeGpus);
        double oversubscription = fields.Fields.Optional("oversubscription") is null ? 1 : fields.Number("oversubscription", NumberRange.Factor);
        return new NetworkTier(
            nodes * nodeGpus,
            1 / oversubscription,
            fields.Fields.Optional("spine_latency_us") is null ? latency : Seconds.FromMicroseconds(fields.Number("spine_latency_us", NumberRange.NotNegative)));
    }

    private static ImmutableArray<NetworkTier> Tiers(SourcedFields fields, NetworkTier? leaf)
    {
        if (fields.Fields.Optional("tiers") is null) return leaf is { } only ? [only] : [];
        ImmutableArray<NetworkTier>.Builder tiers = ImmutableArray.CreateBuilder<NetworkTier>();
        NetworkTier below = leaf ?? new NetworkTier(0, 1, Seconds.Zero);
        if (leaf is not null) tiers.Add(below);
        foreach (SourcedFields tier in fields.Objects("tiers"))
        {
            var read = new NetworkTier(
                tier.Count("gpus", MostGpus),
                tier.Number("share", NumberRange.Share),
                Seconds.FromMicroseconds(tier.Number("latency_us", NumberRange.NotNegative)));
            tier.Fields.RefuseOthers();
            if (read.Gpus <= below.Gpus)
                throw tier.Fields.ErrorAt("gpus", FormattableString.Invariant($"{tier.Fields.PathOf("gpus")} {read.Gpus} must be above the tier before it, {below.Gpus}; tiers ascend"));
            if (read.Share > below.Share)
                throw tier.Fields.ErrorAt("share", FormattableString.Invariant($"{tier.Fields.PathOf("share")} {read.Share} is above the {below.Share} of the tier before it; a wider group crosses both"));
            tiers.Add(read);
            below = read;
        }

        return tiers.ToImmutable();
    }

    private static (double Link, double Effective) Bandwidths(SourcedFields fields, string linkName, string effectiveName)
    {
        double link = fields.Number(linkName, NumberRange.Positive);
        double effective = fields.Number(effectiveName, NumberRange.Positive);
        return effective <= link
            ? (link, effective)
            : throw fields.Fields.ErrorAt(
                effectiveName,
                FormattableString.Invariant($"{effectiveName} {effective} is above the line rate {linkName} {link}; it is what collectives reach of it"));
    }
}
