using System.Collections.Immutable;
using System.Globalization;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;
using Planner.Cost.Stacks;
using Planner.Cost.Units;
using Planner.Inputs.Json;

namespace Planner.Inputs;

/// <summary>A stack file to a <see cref="StackSpec"/>; the units are those of the field names.</summary>
internal static class StackReader
{
    public static LoadedStack Read(string name, JsonFile file, KernelTables tables)
    {
        var rates = new KernelRatesReader(tables);
        StackSpec spec = Spec(name, file, rates, null, out string description);
        return new LoadedStack(spec, description, CanonicalDigest.Of(file.Root, [.. rates.TablesRead]))
        {
            With = drawn => Spec(name, file, new KernelRatesReader(tables), drawn, out _),
        };
    }

    private static StackSpec Spec(
        string name, JsonFile file, KernelRatesReader rates, IReadOnlyDictionary<string, double>? drawn, out string description)
    {
        ImmutableArray<Constant>.Builder constants = ImmutableArray.CreateBuilder<Constant>();
        var top = new SourcedFields(JsonFields.Of(file), constants, drawn);
        if (top.Fields.Optional("rates") is null && (top.Fields.Optional("accelerator") ?? top.Fields.Optional("config")) is not null)
            throw top.Fields.Error("this is not a stack file: it has no rates; hardware goes to --hw, a model to --model");
        description = top.Fields.Text("description");
        top.Fields.OptionalText("base");
        var spec = new StackSpec(
            name,
            rates.Read(top.Object("rates")),
            Overlap(top.Object("overlap")),
            Experts(top.Object("experts")),
            Exposed(top.Object("exposed")),
            Memory(top.Object("memory")),
            top.Fields.Flag("saves_fp8_activations"),
            top.Number("gradient_sync_bytes", NumberRange.Positive),
            top.Number("parameter_gather_bytes", NumberRange.Positive),
            top.Number("optimizer_bytes", NumberRange.Positive),
            top.Number("network_efficiency", NumberRange.Share),
            top.Fields.Flag("latent_tensor_parallel"),
            RecomputePolicies.Read(top.Fields),
            Schedules(top.Fields),
            [])
        {
            Attention = Word(top.Fields, "attention", ("fused", AttentionKernel.Fused), ("unfused", AttentionKernel.Unfused)),
            FusedSinks = top.Fields.Flag("fused_sinks", absent: true),
            SequenceParallel = top.Fields.Flag("sequence_parallel", absent: true),
            Dropout = top.Fields.Flag("dropout", absent: false),
            Elementwise = Word(top.Fields, "elementwise", ("fused", ElementwiseKernels.Fused), ("eager", ElementwiseKernels.Eager), ("separate", ElementwiseKernels.Separate)),
            RecomputeStopsEarly = top.Fields.Flag("recompute_stops_early", absent: false),
            PipelineShardsOnce = top.Fields.Flag("pipeline_shards_once", absent: false),
            DynamicScales = top.Fields.Flag("dynamic_scales", absent: false),
            RotaryBytes = OrElse(top, "rotary_bytes", NumberRange.NotNegative, 4),
            Selective = RecomputePolicies.Modules(top.Fields, "selective") ?? RecomputeModules.CoreAttention,
            Collectives = Word(top.Fields, "collectives", ("hierarchical", CollectiveShape.Hierarchical), ("ring", CollectiveShape.Ring)),
            RingStep = Seconds.FromMicroseconds(OrElse(top, "ring_step_us", NumberRange.NotNegative, 0)),
            ContextExchange = Word(
                top.Fields,
                "context_exchange",
                ("ring", ContextExchange.Ring),
                ("all_gather", ContextExchange.AllGather),
                ("all_to_all", ContextExchange.AllToAll)),
            FoldedExperts = top.Fields.Flag("folded_experts", absent: false),
            Host = top.Fields.Optional("host") is null ? HostRates.Free : Host(top.Object("host")),
            AccumulationBytes = OrElse(top, "accumulation_bytes", NumberRange.NotNegative, 8),
            Loss = new LossBytes(
                OrElse(top, "loss_forward_bytes", NumberRange.Positive, 10),
                OrElse(top, "loss_backward_bytes", NumberRange.Positive, 6)),
            Fp16 = top.Fields.Optional("fp16") is null ? null : Half(top.Object("fp16")),
            ElementBytes = OrElse(top, "element_bytes", NumberRange.Positive, 2),
            NodeEfficiency = OrElse(top, "node_efficiency", NumberRange.Share, 1),
            CollectiveWait = Seconds.FromMicroseconds(OrElse(top, "collective_wait_us", NumberRange.NotNegative, 0)),
            ReducesOnceAStep = top.Fields.Flag("zero2_reduces_once", absent: false),
            StepOverhead = Seconds.FromMilliseconds(OrElse(top, "step_overhead_ms", NumberRange.NotNegative, 0)),
            Software = top.Fields.Optional("software") is null ? [] : top.Fields.Texts("software"),
        };
        top.Fields.RefuseOthers();
        return spec with { Constants = constants.ToImmutable() };
    }

    private static double OrElse(SourcedFields fields, string name, NumberRange range, double absent) =>
        fields.Fields.Optional(name) is null ? absent : fields.Number(name, range);

    private static double? Window(SourcedFields fields, string name) =>
        fields.Fields.Optional(name) is null ? null : fields.Number(name, NumberRange.NotNegative);

    // The first word is the default.
    private static T Word<T>(JsonFields fields, string name, params (string Word, T Value)[] known)
    {
        string? given = fields.OptionalText(name);
        if (given is null) return known[0].Value;
        foreach ((string word, T value) in known)
        {
            if (word == given) return value;
        }

        throw fields.ErrorAt(name, $"{name} {OneLine.Quote(given)} is not known; allowed: {OneLine.List(known.Select(each => each.Word))}");
    }

    private static HostRates Host(SourcedFields fields)
    {
        var host = new HostRates(
            fields.Number("forward_kernels", NumberRange.NotNegative),
            fields.Number("backward_kernels", NumberRange.NotNegative),
            Seconds.FromMicroseconds(fields.Number("us_per_kernel", NumberRange.NotNegative)));
        fields.Fields.RefuseOthers();
        return host;
    }

    private static HalfGradients Half(SourcedFields fields)
    {
        var half = new HalfGradients(
            fields.Number("gradient_bytes", NumberRange.Positive),
            fields.Number("accumulation_bytes", NumberRange.NotNegative),
            fields.Number("gradient_sync_bytes", NumberRange.Positive),
            fields.Number("optimizer_bytes", NumberRange.Positive));
        fields.Fields.RefuseOthers();
        return half;
    }

    private static OverlapRates Overlap(SourcedFields fields)
    {
        var overlap = new OverlapRates(
            fields.Count("communication_multiprocessors", 10_000),
            fields.Number("gemm_slowdown", NumberRange.Factor),
            fields.Number("communication_slowdown", NumberRange.Factor),
            fields.Number("pair_overhead", NumberRange.NotNegative));
        fields.Fields.RefuseOthers();
        return overlap;
    }

    private static ExpertExchangeRates Experts(SourcedFields fields)
    {
        var experts = new ExpertExchangeRates(
            fields.Fields.Flag("hierarchical"),
            [.. ByDegree(fields.Object("bandwidths")).Select(entry => Bandwidth(entry.Key, entry.Value))],
            BytesPerSecond.FromGigabytes(fields.Number("measured_nvlink_gb_s", NumberRange.Positive)),
            BytesPerSecond.FromGigabytes(fields.Number("measured_network_gb_s", NumberRange.Positive)),
            fields.Number("dispatch_bytes", NumberRange.Positive),
            fields.Number("combine_bytes", NumberRange.Positive),
            Seconds.FromMilliseconds(fields.Number("notify_ms", NumberRange.NotNegative)),
            LoadFactors(fields.Object("load_factor_by_experts_per_gpu")));

        // One factor for every degree where no curve is known.
        double load = OrElse(fields, "load_factor", NumberRange.Factor, 1);
        fields.Fields.RefuseOthers();
        return load > 1 && experts.LoadFactorByExpertsPerGpu.IsEmpty ? experts with { LoadFactorByExpertsPerGpu = [new(1, load)] } : experts;
    }

    private static ExpertBandwidth Bandwidth(int degree, SourcedFields fields)
    {
        var bandwidth = new ExpertBandwidth(
            degree,
            BytesPerSecond.FromGigabytes(fields.Number("dispatch_gb_s", NumberRange.Positive)),
            BytesPerSecond.FromGigabytes(fields.Number("combine_gb_s", NumberRange.Positive)));
        fields.Fields.RefuseOthers();
        return bandwidth;
    }

    private static ImmutableArray<KeyValuePair<int, double>> LoadFactors(SourcedFields fields) =>
    [
        .. Keys(fields.Fields).Select(key => KeyValuePair.Create(key.Value, fields.Number(key.Name, NumberRange.Factor))),
    ];

    private static IEnumerable<KeyValuePair<int, SourcedFields>> ByDegree(SourcedFields fields) =>
        Keys(fields.Fields).Select(key => KeyValuePair.Create(key.Value, fields.Object(key.Name)));

    /// <summary>Members whose names are whole numbers, ascending.</summary>
    private static IEnumerable<(int Value, string Name)> Keys(JsonFields fields) => fields.Members
        .Select(member => int.TryParse(member.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
            ? (value, member.Name)
            : throw fields.File.Error(member.Offset, $"{fields.PathOf(member.Name)}: the name must be a whole number above 0"))
        .OrderBy(key => key.value);

    private static ExposedShares Exposed(SourcedFields fields)
    {
        var exposed = new ExposedShares(
            fields.Number("tensor_parallel", NumberRange.Part),
            fields.Number("context_parallel", NumberRange.Part),
            fields.Number("gradient_sync", NumberRange.Part),
            fields.Number("sharded_sync", NumberRange.Part),
            fields.Number("pipeline", NumberRange.Part))
        {
            GradientSyncWindow = Window(fields, "gradient_sync_window"),
            ShardedSyncWindow = Window(fields, "sharded_sync_window"),
            ContextParallelWindow = Window(fields, "context_parallel_window"),
            ExpertParallel = OrElse(fields, "expert_parallel", NumberRange.Part, 1),
            ExpertParallelWindow = Window(fields, "expert_parallel_window"),
            ExpertParallelNeedsChunks = fields.Fields.Flag("expert_parallel_needs_chunks", absent: false),
        };
        fields.Fields.RefuseOthers();
        return exposed;
    }

    private static MemoryRates Memory(SourcedFields fields)
    {
        var memory = new MemoryRates(
            fields.Number("weight_bytes_bf16", NumberRange.Positive),
            fields.Number("weight_bytes_fp8", NumberRange.Positive),
            fields.Number("gradient_bytes", NumberRange.Positive),
            fields.Number("master_bytes", NumberRange.NotNegative),
            fields.Number("moment_bytes", NumberRange.NotNegative),
            Bytes.FromGigabytes(fields.Number("reserve_gb", NumberRange.NotNegative)),
            fields.Number("allocator_overhead", NumberRange.Factor))
        {
            DummyGradients = fields.Fields.Flag("dummy_weight_gradients", absent: false),
            LossBytes = OrElse(fields, "loss_bytes", NumberRange.Positive, 6),
            Workspace = Bytes.FromGigabytes(OrElse(fields, "workspace_gb", NumberRange.NotNegative, 0)),
            ExpertWorkspace = Bytes.FromGigabytes(OrElse(fields, "expert_workspace_gb", NumberRange.NotNegative, 0)),
            GatheredLayers = OrElse(fields, "gathered_layers", NumberRange.NotNegative, 0),
        };
        fields.Fields.RefuseOthers();
        return memory;
    }

    private static ImmutableArray<string> Schedules(JsonFields fields)
    {
        ImmutableArray<string> names = fields.Texts("schedules");
        string? unknown = names.FirstOrDefault(name => ScheduleCatalog.Find(name) is null);
        if (unknown is not null)
        {
            string[] known = [.. ScheduleCatalog.All.Select(schedule => schedule.Name)];
            throw fields.ErrorAt(
                "schedules",
                $"unknown schedule {OneLine.Quote(unknown)}.{NearestNames.Hint(unknown, known)} Known: {OneLine.List(known)}");
        }

        return names.Length > 0 && names.Distinct(StringComparer.Ordinal).Count() == names.Length
            ? names
            : throw fields.ErrorAt("schedules", "schedules must name at least one schedule, each once");
    }
}
