using Planner.Validation;

namespace Planner.Tests.Validation;

/// <summary>Tables of runs made from one plausible row by changing some of its cells.</summary>
internal static class Runs
{
    private static readonly (string Column, string Cell)[] Plausible =
    [
        ("id", "a"), ("family", "f"), ("model", "llama3.1-8b"), ("hardware", "h100"), ("num_gpus", "8"), ("tp", "1"), ("cp", "1"), ("pp", "1"), ("vpp", "1"),
        ("ep", "1"), ("etp", "1"), ("dp", "8"), ("micro_batch", "1"), ("global_batch", "64"), ("sequence_length", "4096"), ("precision", "bf16"),
        ("schedule", "none"), ("recompute", "none"), ("sharding", "zero1"), ("trainable", "all"), ("attention", "flash"), ("measured_step_s", "4"),
        ("measured_mem_gib", ""), ("confidence", "high"), ("software", ""), ("stack", "megatron"), ("sequence_parallel", "true"), ("memory_kind", ""),
        ("nodes", ""), ("gpus_per_node", ""), ("inter_node_gb_s_per_gpu", ""), ("layers_override", ""), ("tp_overlap", ""),
        ("shard_group", ""),
    ];

    /// <summary>The columns of the plausible row.</summary>
    public static IEnumerable<string> Columns => Plausible.Select(cell => cell.Column);

    /// <summary>A table as CSV. Each row is "column=cell column=cell"; a blank in a cell is written ~.</summary>
    public static string Csv(params string[] rows) =>
        string.Join(',', Columns) + "\n" + string.Concat(rows.Select(row => string.Join(',', Cells(row)) + "\n"));

    /// <summary>One run, read back from a table.</summary>
    public static MeasuredRun One(string changes = "")
    {
        var table = Table(Csv(changes));
        return table.Unreadable.IsEmpty ? table.Runs.Single() : throw new InvalidOperationException(table.Unreadable[0].Reason);
    }

    /// <summary>A table read from text.</summary>
    public static RunTable Table(string csv)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Join(folder.Path, "runs.csv");
        File.WriteAllText(file, csv);
        return RunTable.Read(file);
    }

    private static IEnumerable<string> Cells(string changes)
    {
        var changed = changes.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(change => change.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1].Replace('~', ' '));
        foreach (var name in changed.Keys.Where(name => !Columns.Contains(name))) throw new ArgumentException($"no column {name}", nameof(changes));
        return Plausible.Select(cell => changed.GetValueOrDefault(cell.Column, cell.Cell));
    }
}
