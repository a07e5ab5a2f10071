using System.Collections.Immutable;
using Planner.Cost.Hardware;
using Planner.Cost.Kernels;
using Planner.Cost.Stacks;
using Planner.Cost.Units;
using Planner.Inputs.Json;

namespace Planner.Inputs;

/// <summary>The rates section of a stack file: one entry an architecture.</summary>
internal sealed class KernelRatesReader(KernelTables tables)
{
    private readonly List<ImmutableArray<MeasuredGemm>> tablesRead = [];

    /// <summary>Every table row read, as text: part of the stack's digest.</summary>
    public IEnumerable<string> TablesRead => tablesRead.SelectMany(table => table)
        .Select(row => FormattableString.Invariant($"{row.Groups},{row.Rows},{row.Columns},{row.Depth},{row.Teraflops:R}"));

    public ImmutableArray<ArchitectureRates> Read(SourcedFields rates)
    {
        ImmutableArray<ArchitectureRates> all = [.. rates.Fields.Members.Select(member => Architecture(member.Name, rates.Object(member.Name)))];
        return all.Length > 0 ? all : throw rates.Fields.Error("rates must hold at least one architecture, for example hopper");
    }

    private ArchitectureRates Architecture(string name, SourcedFields fields)
    {
        SourcedFields gemm = fields.Object("gemm");
        GemmRates wide = Gemm(gemm.Object("bf16"));
        ImmutableDictionary<Precision, GemmRates> rates = ImmutableDictionary<Precision, GemmRates>.Empty
            .Add(Precision.Bf16, wide)
            .Add(Precision.Fp16, wide);
        foreach ((string field, Precision precision) in (ReadOnlySpan<(string, Precision)>)[("fp8", Precision.Fp8), ("mxfp8", Precision.Mxfp8), ("nvfp4", Precision.Nvfp4)])
        {
            if (gemm.Fields.Optional(field) is not null)
                rates = rates.Add(precision, Gemm(gemm.Object(field)));
        }

        gemm.Fields.RefuseOthers();
        var architecture = new ArchitectureRates(
            name,
            rates,
            FlopsPerSecond.FromTeraflops(fields.Number("attention_forward_tflops", NumberRange.Positive)),
            FlopsPerSecond.FromTeraflops(fields.Number("attention_backward_tflops", NumberRange.Positive)),
            fields.Number("memory_efficiency", NumberRange.Share),
            Seconds.FromMicroseconds(fields.Number("kernel_launch_us", NumberRange.NotNegative)))
        {
            NarrowHeads = fields.Fields.Optional("attention_narrow_heads") is null ? 1 : fields.Number("attention_narrow_heads", NumberRange.Share),
            GroupLaunch = Seconds.FromMicroseconds(fields.Fields.Optional("group_launch_us") is null ? 0 : fields.Number("group_launch_us", NumberRange.NotNegative)),
            MoeLayerHost = Seconds.FromMilliseconds(fields.Fields.Optional("moe_layer_host_ms") is null ? 0 : fields.Number("moe_layer_host_ms", NumberRange.NotNegative)),
            AttentionRamp = fields.Fields.Optional("attention_ramp_keys") is null ? 0 : fields.Number("attention_ramp_keys", NumberRange.NotNegative),
            MisalignedProduct = fields.Fields.Optional("misaligned_product_tflops") is null
                ? null
                : FlopsPerSecond.FromTeraflops(fields.Number("misaligned_product_tflops", NumberRange.Positive)),
        };
        fields.Fields.RefuseOthers();
        return architecture;
    }

    private GemmRates Gemm(SourcedFields fields)
    {
        double efficiency = fields.Number("efficiency", NumberRange.Share);
        double rampDepth = fields.Number("ramp_depth", NumberRange.NotNegative);
        double memoryEfficiency = fields.Number("memory_efficiency", NumberRange.Share);
        ImmutableArray<GemmTile> tiles = Tiles(fields);
        ImmutableArray<MeasuredGemm> table = Table(fields.Fields);
        bool bursts = fields.Fields.Flag("bursts", absent: false);
        fields.Fields.RefuseOthers();
        return new GemmRates(efficiency, rampDepth, memoryEfficiency, tiles, table) { Bursts = bursts };
    }

    private static ImmutableArray<GemmTile> Tiles(SourcedFields fields)
    {
        JsonItem list = fields.List("tiles", items => OneLine.List(items.Items.Select(tile => Spell(Tile(fields.Fields, tile)))));
        return list.Items.Length > 0
            ? [.. list.Items.Select(tile => Tile(fields.Fields, tile))]
            : throw fields.Fields.Error(list, $"{fields.Fields.PathOf("tiles")} must hold at least one tile");
    }

    private static GemmTile Tile(JsonFields owner, JsonItem item)
    {
        JsonFields fields = JsonFields.Of(owner.File, item, owner.PathOf("tiles"));
        int rows = fields.Count("rows", most: 4096);
        int columns = fields.Count("columns", most: 4096);
        JsonItem penalty = fields.Require("penalty");
        double factor = penalty.Kind == JsonKind.Number ? JsonFields.AsNumber(penalty) : 0;
        fields.RefuseOthers();
        return NumberRange.Factor.Holds(factor)
            ? new GemmTile(rows, columns, factor)
            : throw fields.Error(penalty, $"{fields.PathOf("penalty")} must be {NumberRange.Factor}, got {penalty.Describe()}");
    }

    private static string Spell(GemmTile tile) => FormattableString.Invariant($"{tile.Rows}x{tile.Columns}:{tile.Penalty:R}");

    private ImmutableArray<MeasuredGemm> Table(JsonFields fields)
    {
        string? table = fields.OptionalText("table");
        if (table is null)
            return [];
        ImmutableArray<MeasuredGemm> rows = tables.Read(table, fields.Text("table_date"));
        tablesRead.Add(rows);
        return rows;
    }
}
