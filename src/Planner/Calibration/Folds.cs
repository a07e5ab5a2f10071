using System.Collections.Immutable;
using System.Globalization;

namespace Planner.Calibration;

/// <summary>A way to hold runs out: each part is estimated with constants from all other parts.</summary>
/// <param name="Name">In words.</param>
/// <param name="Parts">Indices of the runs of each part.</param>
internal sealed record Folds(string Name, ImmutableArray<ImmutableArray<int>> Parts)
{
    private const int RowParts = 5;

    // More models are left out several at a time, so that many models do not take many times as long.
    private const int MostModelParts = 10;

    /// <summary>By model where there are two or more, and by row.</summary>
    public static ImmutableArray<Folds> Of(ImmutableArray<KnownRun> runs)
    {
        var models = runs.Select(run => run.Run.Model).Distinct(StringComparer.Ordinal).ToList();
        var byRow = new Folds(
            Text($"{RowParts} parts by row"),
            Split(runs.Length, RowParts, i => i % RowParts));
        if (models.Count < 2) return [byRow];
        var parts = Math.Min(models.Count, MostModelParts);
        var name = models.Count <= MostModelParts ? "one model left out" : Text($"{models.Count} models left out in {MostModelParts} groups");
        return [new Folds(name, Split(runs.Length, parts, i => models.IndexOf(runs[i].Run.Model) % parts)), byRow];
    }

    private static ImmutableArray<ImmutableArray<int>> Split(int rows, int parts, Func<int, int> partOf) =>
    [
        .. Enumerable.Range(0, parts)
            .Select(part => ImmutableArray.CreateRange(Enumerable.Range(0, rows).Where(row => partOf(row) == part)))
            .Where(part => part.Length > 0),
    ];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
