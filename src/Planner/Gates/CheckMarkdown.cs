using System.Text;
using Planner.Plans;
using Planner.Plans.Metrics;
using Planner.Reports;

namespace Planner.Gates;

/// <summary>The result as markdown, for the summary page of a run: the verdict, what does not hold, the metrics of every plan, details folded.</summary>
internal static class CheckMarkdown
{
    /// <summary>GitHub drops a summary beyond 1 MiB.</summary>
    public const int MostBytes = 900_000;

    public static string Write(CheckResult result) => Write(result, int.MaxValue);

    /// <summary>As much as fits: details go first, then plans from the end, those that passed before others.</summary>
    /// <param name="result">Result.</param>
    /// <param name="most">Bytes of UTF-8.</param>
    public static string Write(CheckResult result, int most)
    {
        var text = new StringBuilder($"## planner check: {Verdict(result)}\n\n{CheckText.Total(result)}\n");
        foreach (var file in result.Unreadable) text.Append($"\n- {Code(file.Path)} could not be checked: {Escape(file.Message)}\n");
        var (left, skipped) = (most - Encoding.UTF8.GetByteCount(text.ToString()) - LastLine(int.MaxValue).Length, 0);
        foreach (var plan in result.Plans.OrderByDescending(plan => plan.Verdict))
        {
            var head = Head(plan);
            var details = Details(plan);
            if (skipped == 0 && Take(head + details)) text.Append(head).Append(details);
            else if (skipped == 0 && Take(head)) text.Append(head);
            else skipped++;
        }

        return skipped == 0 ? text.ToString() : text.Append(LastLine(skipped)).ToString();

        bool Take(string section)
        {
            var bytes = Encoding.UTF8.GetByteCount(section);
            if (bytes > left) return false;
            left -= bytes;
            return true;
        }
    }

    private static string LastLine(int skipped) => $"\n{PlanWords.Of(skipped)} more are left out: the summary is full.\n";

    private static string Verdict(CheckResult result) => result.Verdict switch
    {
        Gates.Verdict.Passed => "passed",
        Gates.Verdict.Warning => "passed with warnings",
        Gates.Verdict.Failed => "**failed**",
        _ => "**not everything could be checked**",
    };

    private static string Head(PlanCheck check)
    {
        var text = new StringBuilder($"\n### {Code(check.Plan.Path)} {CheckText.Head(check)}\n\n");
        foreach (var rule in check.Broken) text.Append($"- **{GateWords.Of(rule.Level)}** {Escape(rule.Metric)}: {Escape(rule.Message)}\n");
        if (check.Broken.Any()) text.Append('\n');
        if (check.Plan.Now is not { } now) return text.ToString();
        text.Append($"| metric | {(check.Plan.ComparedName is { } other ? Cell(Path.GetFileName(other)) : "recorded")} | now | change | rules |\n|---|--:|--:|--:|---|\n");
        foreach (var metric in MetricCatalog.All)
        {
            var (was, found) = (metric.In(check.Plan.Compared), metric.In(now));
            if (was is null && found is null) continue;
            var rules = check.Rules.Where(rule => rule.Metric == metric.Name && !rule.Skipped)
                .Select(rule => rule.Passed ? rule.Expected : $"**{rule.Expected}: {GateWords.Of(rule.Level)}**");
            text.Append($"| {metric.Name} | {Number(was)} | {Number(found)} | {Change(was, found)} | {Cell(string.Join("; ", rules))} |\n");
        }

        return text.ToString();
    }

    private static string Details(PlanCheck check)
    {
        var text = new StringBuilder("\n<details><summary>decisions, stages, how to fix</summary>\n\n");
        var (plan, best) = (check.Plan, check.Plan.BestSaved);
        text.Append(best is null ? "| | recorded |\n|---|---|\n" : "| | recorded | best today |\n|---|---|---|\n");
        var found = best?.Pins.ByName().ToDictionary(pin => pin.Key, pin => string.Join(", ", pin.Value));
        foreach (var (name, values) in plan.Recorded.Pins.ByName())
            text.Append($"| {name} | {Cell(string.Join(", ", values))} |{(found is null ? "" : $" {Cell(found.GetValueOrDefault(name, ""))} |")}\n");
        text.Append("\n```text\n").Append(LayoutString.Write(plan.Recorded.Stages)).Append('\n');
        if (best is not null) text.Append("best today\n").Append(LayoutString.Write(best.Stages)).Append('\n');
        text.Append("```\n");
        if (plan.Today is { } today)
        {
            text.Append("\n| stage | rank | layers | memory GiB | forward s | backward s | weight s |\n|--:|--:|---|--:|--:|--:|--:|\n");
            foreach (var stage in today.Plan.Estimate.Stages)
                text.Append($"| {PlanWords.Of(stage.Stage)} | {PlanWords.Of(stage.Rank)} | {stage.Letters} | {SixDigits.Text(stage.Memory.Gib)} | {SixDigits.Text(stage.Forward.Value)} | {SixDigits.Text(stage.BackwardInput.Value)} | {SixDigits.Text(stage.Weight.Value)} |\n");
        }

        var fixes = check.Broken.Select(rule => rule.Fix).Where(fix => fix.Length > 0).Distinct().ToList();
        if (fixes.Count > 0) text.Append('\n');
        foreach (var fix in fixes) text.Append($"- to fix: {Escape(fix)}\n");
        return text.Append("\n</details>\n").ToString();
    }

    private static string Number(double? value) => value is { } number ? SixDigits.Text(number) : "";

    private static string Change(double? was, double? now) =>
        was is { } before && now is { } after && before != 0 && !before.Equals(after) ? Quantity.Change((after / before) - 1) : "";

    private static string Code(string text) => $"`{text.Replace('`', '\'').Replace('\n', ' ').Replace('\r', ' ')}`";

    private static string Cell(string text) => Escape(text).Replace("|", "\\|", StringComparison.Ordinal);

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
