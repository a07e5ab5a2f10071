using Planner.Plans;

namespace Planner.Reports;

/// <summary>A front for people: a row a layout, with the range that its placements span; then how it was proven.</summary>
internal static class FrontText
{
    private const int MostRows = 40;
    private static readonly string[] Heads = ["step s", "change", "memory GiB", "layout", "schedule", "mb", "recompute", "sharding"];

    public static string Write(Front front, IReadOnlyCollection<string> written)
    {
        var lines = new TextLines();
        var open = front.Points.Count(point => !point.Proven);
        lines.Paragraph(TextReport.Headline(front.Request, front.Machine, front.Complete && open == 0)).Line();
        lines.Sentence(
            "front",
            $"{Quantity.Of(front.Points.Length, "plan")}: none is both faster and emptier than another; steps up to "
            + $"{Quantity.Percent(front.Request.StepIncrease)} above the fastest (--max-step-increase); every tensor-parallel degree counts");
        lines.Line();
        var groups = Groups(front);
        Rows(lines, front, groups.Count <= MostRows ? groups : Spread(groups));
        lines.Line();
        if (groups.Count > MostRows) lines.Sentence("shown", $"{MostRows} of {groups.Count} layouts; --format csv and --report have every plan");
        lines.Sentence("proof", Verdict(front, open));
        lines.Sentence(
            "searched",
            $"{Quantity.Of(front.Candidates, "layout")} scored of {Quantity.Count(front.Considered)} in the space, placement searched for {Quantity.Count(front.Placements)}");
        if (written.Count > 0) lines.Line().Sentence("written", string.Join(", ", written));
        return lines.ToString();
    }

    private static string Verdict(Front front, int open)
    {
        if (!front.Complete) return "the search was stopped: the front's fast end only, as far as it was traced";
        if (open == 0) return "exact in the model: for each plan nothing that needs no more memory is faster (by branch and bound)";
        var gap = front.Points.Max(point => 1 - (point.Bound / point.Estimate.Step));
        return $"{front.Points.Length - open} of {front.Points.Length} plans are proven: nothing that needs no more memory is faster; the others (marked *) may be up to {Quantity.Percent(gap)} slower than the best";
    }

    // Neighbours on the front that differ in their placement alone.
    private static List<List<FrontMember>> Groups(Front front)
    {
        var groups = new List<List<FrontMember>>();
        foreach (var point in front.Points)
        {
            if (groups.Count > 0 && groups[^1][0].Layout == point.Layout) groups[^1].Add(point);
            else groups.Add([point]);
        }

        return groups;
    }

    private static List<List<FrontMember>> Spread(List<List<FrontMember>> groups) =>
        [.. Enumerable.Range(0, MostRows).Select(i => groups[(int)((long)i * (groups.Count - 1) / (MostRows - 1))])];

    private static void Rows(TextLines lines, Front front, List<List<FrontMember>> groups)
    {
        var fastest = front.Points[0].Estimate.Step;
        var rows = new List<string[]> { Heads };
        foreach (var group in groups)
        {
            var (first, last) = (group[0], group[^1]);
            rows.Add(
            [
                Range(Quantity.Number(first.Estimate.Step.Value), Quantity.Number(last.Estimate.Step.Value)) + (group.TrueForAll(point => point.Proven) ? "" : " *"),
                Quantity.Change((first.Estimate.Step / fastest) - 1),
                Range(Quantity.Fixed(first.Estimate.Fullest.Total.Gib, 1), Quantity.Fixed(last.Estimate.Fullest.Total.Gib, 1)),
                LayoutText.Compact(first.Layout.Degrees),
                first.Layout.Schedule.Title,
                PlanWords.Of(first.Layout.MicroBatch),
                first.Layout.Recompute.Name,
                PlanWords.Of(first.Layout.Sharding),
            ]);
        }

        lines.Grid(rows, column => column is 1 or 2);
    }

    private static string Range(string first, string last) => first == last ? first : $"{first}-{last}";
}
