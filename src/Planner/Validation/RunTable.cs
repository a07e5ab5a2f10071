using System.Collections.Immutable;
using System.Globalization;
using Planner.Inputs;

namespace Planner.Validation;

/// <summary>A table of measured runs: the columns of data/measurements/README.md.</summary>
/// <param name="Runs">Rows that can be read, in order.</param>
/// <param name="Unreadable">Rows that cannot, in order.</param>
/// <param name="IgnoredColumns">Columns that nobody knows.</param>
public sealed record RunTable(ImmutableArray<MeasuredRun> Runs, ImmutableArray<UnreadableRow> Unreadable, ImmutableArray<string> IgnoredColumns)
{
    private static readonly string[] Required = ["id", "model", "hardware", "micro_batch", "global_batch", "sequence_length"];
    private static readonly string[] Degrees = ["tp", "pp", "dp"];

    private static readonly string[] Known =
    [
        "id", "family", "source", "model", "hardware", "nodes", "gpus_per_node", "num_gpus", "inter_node_gb_s_per_gpu", "tp", "cp", "pp", "vpp", "ep",
        "etp", "dp", "micro_batch", "global_batch", "sequence_length", "precision", "schedule", "recompute", "recompute_known", "sharding", "trainable",
        "layers_override", "attention", "measured_step_s", "measured_mem_gib", "measured_tflops_per_gpu", "confidence", "software", "notes", "stack",
        "sequence_parallel", "memory_kind", "tp_overlap", "shard_group",
    ];

    public int Rows => Runs.Length + Unreadable.Length;

    /// <summary>Reads a file. Throws <see cref="InputException"/> where it is no such table; a row that is wrong is only unreadable.</summary>
    public static RunTable Read(string path)
    {
        var table = TextTable.Read(path);
        var columns = Columns(table);
        var runs = ImmutableArray.CreateBuilder<MeasuredRun>();
        var unreadable = ImmutableArray.CreateBuilder<UnreadableRow>();
        var lineOfId = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var row in table.Rows)
        {
            var cells = new RunCells(columns, row);
            if (row.Cells.Length != table.Header.Length) cells.Object(Text($"{row.Cells.Length} cells under {table.Header.Length} columns"));
            var run = Run(cells, row.Line);
            if (run.Id.Length == 0) cells.Object("it has no id");
            else if (!lineOfId.TryAdd(run.Id, row.Line)) cells.Object(Text($"its id is also that of line {lineOfId[run.Id]}"));
            if (run.Model.Length == 0) cells.Object("it names no model");
            if (run.Hardware.Length == 0) cells.Object("it names no hardware");
            if (run.StepSeconds is null && run.MemoryGib is null) cells.Object("neither measured_step_s nor measured_mem_gib is given");
            if (cells.Objection is { } objection)
                unreadable.Add(new UnreadableRow(run.Id.Length > 0 ? run.Id : Text($"line {row.Line}"), row.Line, run.Family, objection));
            else runs.Add(run);
        }

        return new RunTable(runs.ToImmutable(), unreadable.ToImmutable(), [.. table.Header.Where(name => name.Length > 0 && !Known.Contains(name))]);
    }

    private static Dictionary<string, int> Columns(TextTable table)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < table.Header.Length; i++)
        {
            var name = table.Header[i];
            if (Known.Contains(name) && !columns.TryAdd(name, i)) throw new InputException($"{table.Name}: column {name} is there twice; keep one");
        }

        var missing = Required.Where(name => !columns.ContainsKey(name)).ToList();
        if (!columns.ContainsKey("num_gpus") && !Degrees.All(columns.ContainsKey)) missing.Add("num_gpus (or tp, pp and dp)");
        if (!columns.ContainsKey("measured_step_s") && !columns.ContainsKey("measured_mem_gib")) missing.Add("measured_step_s (or measured_mem_gib)");
        if (missing.Count == 0) return columns;
        var hint = NearestNames.Hint(missing[0], table.Header);
        throw new InputException($"{table.Name}: missing {(missing.Count == 1 ? "column" : "columns")} {OneLine.List(missing)}.{hint} A table of runs has one header line and one run a row");
    }

    private static MeasuredRun Run(RunCells cells, long line) => new()
    {
        Id = cells.Text("id"),
        Line = line,
        Family = cells.Text("family"),
        Model = cells.Text("model"),
        Hardware = cells.Text("hardware"),
        Software = cells.Text("software"),
        Stack = cells.Text("stack"),
        Confidence = cells.Word("confidence"),
        Nodes = cells.Whole("nodes"),
        GpusPerNode = cells.Whole("gpus_per_node"),
        Gpus = cells.Whole("num_gpus"),
        NetworkGigabytes = cells.Positive("inter_node_gb_s_per_gpu"),
        Tensor = cells.Whole("tp"),
        Context = cells.Whole("cp"),
        Pipeline = cells.Whole("pp"),
        Virtual = cells.Whole("vpp"),
        Expert = cells.Whole("ep"),
        ExpertTensor = cells.Whole("etp"),
        Data = cells.Whole("dp"),
        MicroBatch = cells.Whole("micro_batch"),
        GlobalBatch = cells.Whole("global_batch"),
        SequenceLength = cells.Whole("sequence_length"),
        Precision = cells.Word("precision"),
        Schedule = cells.Word("schedule"),
        Recompute = cells.Word("recompute"),
        Sharding = cells.Word("sharding"),
        Trainable = cells.Word("trainable"),
        LayersOverride = cells.Text("layers_override"),
        Attention = cells.Word("attention"),
        SequenceParallel = cells.Flag("sequence_parallel"),
        TensorOverlap = cells.Flag("tp_overlap"),
        ShardGroup = cells.Whole("shard_group"),
        StepSeconds = cells.Positive("measured_step_s"),
        MemoryGib = cells.Positive("measured_mem_gib"),
        MemoryKind = cells.Kind("memory_kind"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
