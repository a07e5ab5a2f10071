using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Planner.Inputs;

/// <summary>How busy every expert was, from a table with the columns layer, expert, load and possibly workload.</summary>
/// <param name="Name">File name without its folder.</param>
/// <param name="Workload">The workload taken; null where the table names none.</param>
/// <param name="Layers">Load of every expert, by layer; in any unit, since only ratios inside a layer matter.</param>
/// <param name="Digest">SHA-256 of layers, experts and loads.</param>
internal sealed record ExpertLoads(string Name, string? Workload, ImmutableSortedDictionary<int, ImmutableArray<double>> Layers, string Digest)
{
    private const string Option = "--workload";

    /// <summary>Reads a file; throws <see cref="InputException"/>.</summary>
    /// <param name="path">File.</param>
    /// <param name="workload">Workload to take; null where the table has one at most.</param>
    /// <param name="layers">What the model has.</param>
    public static ExpertLoads Read(string path, string? workload, MoeLayers layers)
    {
        var table = TextTable.Read(path);
        var columns = new TableColumns(table, ["layer", "expert", "load"], ["workload"]);
        var taken = Choose(table, columns, workload);
        var loads = new SortedDictionary<int, double?[]>();
        foreach (var row in table.Rows)
        {
            if (taken is not null && columns.Text(row, "workload") != taken) continue;
            var layer = layers.Layer(columns, row);
            var expert = layers.Expert(columns, row, "expert");
            if (!loads.TryGetValue(layer, out var own)) loads.Add(layer, own = new double?[layers.Experts]);
            if (own[expert] is not null) throw columns.Wrong(row, Text($"layer {layer}, expert {expert} has a load already; keep one"));
            own[expert] = columns.Amount(row, "load");
        }

        foreach (var layer in layers.Needed)
            if (!loads.ContainsKey(layer)) throw new InputException(Text($"{table.Name}: layer {layer} is missing; {layers.Model} has MoE layers {layers.Needed.Min} to {layers.Needed.Max}"));
        foreach (var (layer, own) in loads)
        {
            var missing = Array.IndexOf(own, null);
            if (missing >= 0) throw new InputException(Text($"{table.Name}: layer {layer}: expert {missing} is missing; an expert that is never used has the load 0"));
            if (own.Sum() is not (> 0 and < double.PositiveInfinity)) throw new InputException(Text($"{table.Name}: layer {layer}: the loads add up to {own.Sum()}; a positive sum is needed"));
        }

        var read = loads.ToImmutableSortedDictionary(layer => layer.Key, layer => layer.Value.Select(load => load!.Value).ToImmutableArray());
        return new ExpertLoads(Path.GetFileName(table.Name), taken, read, DigestOf(read));
    }

    private static string? Choose(TextTable table, TableColumns columns, string? asked)
    {
        if (!columns.Has("workload"))
            return asked is null ? null : throw new InputException($"{table.Name} has no column workload; leave {Option} out");
        var found = table.Rows.Select(row => columns.Text(row, "workload")).Distinct().ToList();
        if (asked is not null)
            return found.Contains(asked) ? asked : throw new InputException($"{table.Name} has no workload {OneLine.Quote(asked)}.{NearestNames.Hint(asked, found)} It has {OneLine.List(found.Take(8))}");
        return found.Count <= 1 ? found.FirstOrDefault() : throw new InputException($"{table.Name} has {found.Count} workloads; choose one with {Option}: {OneLine.List(found.Take(8))}");
    }

    private static string DigestOf(ImmutableSortedDictionary<int, ImmutableArray<double>> layers)
    {
        var text = new StringBuilder();
        foreach (var (layer, loads) in layers)
            for (var expert = 0; expert < loads.Length; expert++) text.Append(CultureInfo.InvariantCulture, $"{layer},{expert},{loads[expert]:R}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
