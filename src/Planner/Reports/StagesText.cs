using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>Which layers lie on which stage, equal neighbours together, and which stages a rank holds.</summary>
internal static class StagesText
{
    public static IEnumerable<string> Of(Plan plan)
    {
        var stages = plan.Stages.Stages;
        for (var i = 0; i < stages.Length;)
        {
            var what = Content(plan, i);
            var end = i + 1;
            while (end < stages.Length && Content(plan, end) == what) end++;
            yield return end == i + 1 ? $"{i}: {what}" : $"{i}-{end - 1}: {what}";
            i = end;
        }

        if (Ranks(plan.Layout) is { } ranks) yield return ranks;
    }

    /// <summary>Which stages follow which recompute policy.</summary>
    public static IEnumerable<string> Policies(Plan plan)
    {
        var stages = plan.Stages.Stages;
        for (var level = 0; level < plan.Layout.Recompute.Levels.Length; level++)
        {
            var runs = new List<string>();
            for (var i = 0; i < stages.Length; i++)
            {
                if (stages[i].Level != level) continue;
                var first = i;
                while (i + 1 < stages.Length && stages[i + 1].Level == level) i++;
                runs.Add(first == i ? $"{i}" : $"{first}-{i}");
            }

            if (runs.Count > 0) yield return $"{plan.Layout.Recompute.Levels[level].Name}: {string.Join(", ", runs)}";
        }
    }

    private static string Content(Plan plan, int stage)
    {
        var content = plan.Stages.Stages[stage];
        var parts = new List<string>();
        if (stage == 0) parts.Add("embed");
        var layers = plan.Model.Layers.AsSpan(plan.Stages.FirstLayers[stage], content.Layers);
        var dense = layers.Count(LayerKind.Dense);
        if (dense > 0) parts.Add($"{dense} dense");
        if (dense < layers.Length) parts.Add($"{layers.Length - dense} moe");
        if (content.Mtp > 0) parts.Add("mtp");
        if (stage == plan.Stages.Stages.Length - 1) parts.Add("head");
        return parts.Count == 0 ? "empty" : string.Join(" + ", parts);
    }

    // Every known schedule puts stage a+r or a-r on rank r, chunk by chunk; anything else is left to the table of stages.
    private static string? Ranks(LayoutSpec layout)
    {
        var ranks = layout.Degrees.Pipeline;
        var first = layout.Schedule.StagesOf(0, layout.Pipeline);
        if (first.Length == 1 || ranks == 1) return null;
        var second = layout.Schedule.StagesOf(1, layout.Pipeline);
        var names = new List<string>();
        for (var chunk = 0; chunk < first.Length; chunk++)
        {
            var step = second[chunk] - first[chunk];
            if (step is not (1 or -1)) return null;
            for (var rank = 0; rank < ranks; rank++)
                if (layout.Schedule.StagesOf(rank, layout.Pipeline)[chunk] != first[chunk] + (step * rank)) return null;
            names.Add(step < 0 ? $"{first[chunk]}-r" : first[chunk] == 0 ? "r" : $"r+{first[chunk]}");
        }

        return $"rank r holds {string.Join(", ", names.SkipLast(1))} and {names[^1]}";
    }
}
