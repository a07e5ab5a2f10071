using Planner.Planning;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>The answer where nothing fits: how near it is, and what would help.</summary>
internal static class InfeasibleReport
{
    public static string Text(Infeasible infeasible)
    {
        var lines = new TextLines().Sentence("no plan", infeasible.Message);
        if (infeasible.Rank >= 0)
            lines.Sentence("nearest", $"{Quantity.Gib(infeasible.Excess)} over the memory limit, on pipeline rank {infeasible.Rank}");
        if (!infeasible.Rejected.IsEmpty) NeighboursText.Rejected(lines, infeasible.Rejected);
        lines.Table("ways out", [.. infeasible.WaysOut.Select(way => new[] { way.Change, way.Cost })], _ => false);
        return lines.ToString();
    }

    public static string Json(Infeasible infeasible) => PlanJson.Object(json =>
    {
        json.WriteString("schema_version", PlanFileWriter.SchemaVersion);
        json.Object("solver", solver => solver.WriteString("status", "infeasible"));
        json.Object("infeasible", inner =>
        {
            inner.WriteString("message", infeasible.Message);
            if (infeasible.Rank >= 0)
            {
                inner.Rounded("excess_gib", infeasible.Excess.Gib);
                inner.WriteNumber("rank", infeasible.Rank);
            }

            inner.Object("rejected", rejected =>
            {
                foreach (var (reason, count) in infeasible.Rejected) rejected.WriteNumber(reason, count);
            });
            inner.Rows("ways_out", infeasible.WaysOut, (row, way) =>
            {
                row.WriteString("change", way.Change);
                row.WriteString("cost", way.Cost);
            });
        });
    });
}
