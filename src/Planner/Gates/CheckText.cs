using System.Collections.Immutable;
using Planner.Plans;
using Planner.Reports;

namespace Planner.Gates;

/// <summary>The result for people: of every plan what does not hold, a line a rule, errors first; what holds is counted.</summary>
internal static class CheckText
{
    private const int LongestCell = 34;

    public static string Write(CheckResult result)
    {
        var lines = new TextLines();
        foreach (var plan in result.Plans)
        {
            lines.Line($"{plan.Plan.Path}: {Head(plan)}");
            Broken(lines, plan);
        }

        foreach (var file in result.Unreadable) lines.Line($"{file.Path}: not checked");
        if (result.Plans.Length + result.Unreadable.Length > 1) lines.Line(Total(result));
        return lines.ToString();
    }

    /// <summary>All plans in a line: 3 plans: 1 failed, 2 passed.</summary>
    public static string Total(CheckResult result)
    {
        var counts = new List<string>();
        Count(Verdict.Failed, "failed");
        Count(Verdict.Warning, "with warnings");
        Count(Verdict.Passed, "passed");
        if (!result.Unreadable.IsEmpty) counts.Add($"{PlanWords.Of(result.Unreadable.Length)} not checked");
        return $"{Quantity.Of(result.Plans.Length + result.Unreadable.Length, "plan")}: {(counts.Count == 0 ? "none" : string.Join(", ", counts))}";

        void Count(Verdict verdict, string words)
        {
            var count = result.Plans.Count(plan => plan.Verdict == verdict);
            if (count > 0) counts.Add($"{PlanWords.Of(count)} {words}");
        }
    }

    /// <summary>A plan in a line: failed: 1 error, 2 warnings; 5 of 8 rules hold.</summary>
    public static string Head(PlanCheck plan)
    {
        var broken = plan.Broken.ToList();
        if (broken.Count == 0) return $"passed, {Quantity.Of(plan.Rules.Length, "rule")}";
        var counts = broken.GroupBy(rule => rule.Level).Select(group => Quantity.Of(group.Count(), GateWords.Of(group.Key)));
        var verdict = plan.Verdict switch { Verdict.Failed => "failed", Verdict.Warning => "passed with warnings", _ => "passed" };
        return $"{verdict}: {string.Join(", ", counts)}; {PlanWords.Of(plan.Rules.Length - broken.Count)} of {PlanWords.Of(plan.Rules.Length)} rules hold";
    }

    /// <summary>A change as a signed percentage; empty where there is none.</summary>
    public static string Change(RuleResult rule) => rule.Change is { } share and not 0 ? Quantity.Change(share) : "";

    /// <summary>The rules that do not hold, and how to fix that.</summary>
    public static string Broken(PlanCheck plan)
    {
        var lines = new TextLines();
        Broken(lines, plan);
        return lines.ToString();
    }

    private static void Broken(TextLines lines, PlanCheck plan)
    {
        var broken = plan.Broken.ToList();
        var rows = broken.Select(rule => (string[])[rule.Metric, Cut("expected " + rule.Expected), Cut("found " + rule.Found), Change(rule)]).ToList();
        if (rows.Count == 0) return;
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToImmutableArray();
        foreach (var (rule, row) in broken.Zip(rows))
        {
            lines.Table(GateWords.Of(rule.Level), [[.. row.Select((cell, column) => cell.PadRight(widths[column]))]], _ => false);
            if (rule.Why.Length > 0) lines.Sentence("", rule.Why);
        }

        foreach (var fix in broken.Select(rule => rule.Fix).Where(fix => fix.Length > 0).Distinct()) lines.Sentence("to fix", fix);
    }

    private static string Cut(string cell) => cell.Length <= LongestCell ? cell : cell[..(LongestCell - 3)] + "...";
}
