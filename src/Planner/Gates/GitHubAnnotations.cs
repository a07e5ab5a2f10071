using System.Globalization;
using System.Text;

namespace Planner.Gates;

/// <summary>What does not hold as workflow commands of GitHub Actions, which show it at the line of the plan file. GitHub drops what is beyond ten of a kind.</summary>
internal static class GitHubAnnotations
{
    private const int MostOfAKind = 9;

    /// <summary>One command a line.</summary>
    /// <param name="result">Result.</param>
    /// <param name="workspace">The checkout's folder, from which paths count; null leaves them as given.</param>
    public static string Write(CheckResult result, string? workspace)
    {
        var text = new StringBuilder();
        var all = result.Unreadable.Select(file => (Level: RuleLevel.Error, file.Path, Line: 1, Title: "not checked", file.Message))
            .Concat(result.Plans.SelectMany(plan => plan.Broken.Select(rule => (rule.Level, plan.Plan.Path, Line: plan.Line(rule), Title: rule.Metric, rule.Message))));
        foreach (var kind in all.GroupBy(each => each.Level).OrderBy(kind => kind.Key))
        {
            var word = GateWords.Of(kind.Key);
            foreach (var (_, path, line, title, message) in kind.Take(MostOfAKind))
                text.Append(CultureInfo.InvariantCulture, $"::{word} file={Property(From(workspace, path))},line={line},title={Property(title)}::{Message(message)}\n");
            if (kind.Count() is var count && count > MostOfAKind)
                text.Append(CultureInfo.InvariantCulture, $"::{word} title=planner check::{count - MostOfAKind} more of this kind; the log has all\n");
        }

        return text.ToString();
    }

    private static string From(string? workspace, string path)
    {
        if (workspace is not { Length: > 0 }) return path;
        var relative = Path.GetRelativePath(workspace, path);
        return relative == ".." || relative.StartsWith("../", StringComparison.Ordinal) ? path : relative;
    }

    private static string Message(string text) => text
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Message(text)
        .Replace(":", "%3A", StringComparison.Ordinal)
        .Replace(",", "%2C", StringComparison.Ordinal);
}
