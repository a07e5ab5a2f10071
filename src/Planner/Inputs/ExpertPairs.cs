using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Planner.Inputs;

/// <summary>How often two experts of a layer serve the same token, from a table with the columns layer, expert_a, expert_b, weight.</summary>
/// <param name="Name">File name without its folder.</param>
/// <param name="Layers">Pairs (first expert below the second) and their weights, by layer.</param>
/// <param name="Digest">SHA-256 of the pairs.</param>
internal sealed record ExpertPairs(string Name, ImmutableSortedDictionary<int, ImmutableArray<(int A, int B, double Weight)>> Layers, string Digest)
{
    /// <summary>Reads a file; throws <see cref="InputException"/>.</summary>
    public static ExpertPairs Read(string path, MoeLayers layers)
    {
        var table = TextTable.Read(path);
        var columns = new TableColumns(table, ["layer", "expert_a", "expert_b", "weight"], []);
        var pairs = new SortedDictionary<int, SortedDictionary<(int, int), double>>();
        foreach (var row in table.Rows)
        {
            var layer = layers.Layer(columns, row);
            var (a, b) = (layers.Expert(columns, row, "expert_a"), layers.Expert(columns, row, "expert_b"));
            if (a == b) throw columns.Wrong(row, "a pair needs two experts");
            if (!pairs.TryGetValue(layer, out var own)) pairs.Add(layer, own = []);
            if (!own.TryAdd((Math.Min(a, b), Math.Max(a, b)), columns.Amount(row, "weight")))
                throw columns.Wrong(row, string.Create(CultureInfo.InvariantCulture, $"layer {layer}, experts {a} and {b} have a weight already; keep one"));
        }

        if (pairs.Count == 0) throw new InputException($"{table.Name} has no pairs");
        var read = pairs.ToImmutableSortedDictionary(
            layer => layer.Key, layer => layer.Value.Select(pair => (pair.Key.Item1, pair.Key.Item2, pair.Value)).ToImmutableArray());
        var text = new StringBuilder();
        foreach (var (layer, own) in read)
            foreach (var (a, b, weight) in own) text.Append(CultureInfo.InvariantCulture, $"{layer},{a},{b},{weight:R}\n");
        return new ExpertPairs(Path.GetFileName(table.Name), read, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))));
    }
}
