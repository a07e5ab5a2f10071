using System.Collections.Immutable;
using Planner.Cost.Hardware;
using Planner.Cost.Units;
using Planner.Inputs.Json;

namespace Planner.Inputs;

/// <summary>A hardware file to a <see cref="MachineSpec"/>; the units are those of the field names.</summary>
internal static class HardwareReader
{
    private const int MostGpusInNode = 1024;
    private const int MostMultiprocessors = 100_000;

    public static LoadedMachine Read(string name, JsonFile file)
    {
        JsonFields root = JsonFields.Of(file);
        if (root.Optional("accelerator") is null && root.Optional("config") is not null)
            throw root.Error("this is a model file; give it to --model, and a hardware file here");
        if (root.Optional("accelerator") is null && root.Optional("rates") is not null)
            throw root.Error("this is a stack file; give it to --stack, and a hardware file here");

        ImmutableArray<Constant>.Builder constants = ImmutableArray.CreateBuilder<Constant>();
        var top = new SourcedFields(JsonFields.Of(file), constants);
        string description = top.Fields.Text("description");
        SourcedFields accelerator = top.Object("accelerator");
        SourcedFields node = top.Object("node");
        SourcedFields network = top.Object("network");
        SourcedFields price = top.Object("price");
        string architecture = accelerator.Fields.Text("architecture");
        var spec = new MachineSpec(
            name,
            Accelerator(accelerator, architecture),
            Node(node, architecture),
            Network(network),
            price.OptionalNumber("usd_per_gpu_hour", NumberRange.Positive),
            constants.ToImmutable());
        foreach (SourcedFields part in (SourcedFields[])[top, accelerator, node, network, price])
            part.Fields.RefuseOthers();
        return new LoadedMachine(spec, description, CanonicalDigest.Of(file.Root));
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
        return new AcceleratorSpec(
            architecture,
            FlopsPerSecond.FromTeraflops(bf16),
            FlopsPerSecond.FromTeraflops(fp8),
            Bytes.FromGigabytes(fields.Number("memory_gb", NumberRange.Positive)),
            BytesPerSecond.FromTerabytes(fields.Number("hbm_tb_s", NumberRange.Positive)),
            fields.Count("multiprocessors", MostMultiprocessors));
    }

    private static NodeSpec Node(SourcedFields fields, string architecture)
    {
        int gpus = fields.Count("gpus", MostGpusInNode);
        (double link, double effective) = Bandwidths(fields, "nvlink_gb_s", "nvlink_effective_gb_s");
        return DenseRates.For(architecture)?.ObjectionToNvlink(link) is { } objection
            ? throw fields.Fields.ErrorAt("nvlink_gb_s", objection)
            : new NodeSpec(
                gpus,
                BytesPerSecond.FromGigabytes(link),
                BytesPerSecond.FromGigabytes(effective),
                Seconds.FromMicroseconds(fields.Number("nvlink_latency_us", NumberRange.NotNegative)));
    }

    private static NetworkSpec Network(SourcedFields fields)
    {
        (double link, double effective) = Bandwidths(fields, "network_gb_s", "network_effective_gb_s");
        return new NetworkSpec(
            BytesPerSecond.FromGigabytes(link),
            BytesPerSecond.FromGigabytes(effective),
            Seconds.FromMicroseconds(fields.Number("network_latency_us", NumberRange.NotNegative)));
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
