using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Planner.Inputs;
using Planner.Plans;

namespace Planner.Reports;

/// <summary>Words of a difference that text and markdown share.</summary>
internal static class DiffWords
{
    public const string None = "-";

    // As much of a digest as tells it from others.
    private const int DigestShown = 12;

    /// <summary>For example: step 19.44 s -> 19.93 s, +2.5 % (worse).</summary>
    public static string Step(PlanDiff diff, string arrow)
    {
        var step = diff.Metrics.First(change => change.Metric.Path == "estimate.step_s");
        return step.Differs ? $"step {Number(step.Was)} s {arrow} {Number(step.Now)} s, {Change(step)} ({Verdict(step)})" : $"step {Number(step.Now)} s, the same";
    }

    /// <summary>For example: 4 decisions, 1 input and 9 metrics differ.</summary>
    public static string Counts(PlanDiff diff)
    {
        (int Count, string Noun)[] all =
        [
            (diff.Decisions.Length, "decision"), (diff.Stages.Length, "stage"), (diff.Experts.Length, "layer's experts"),
            (diff.Metrics.Count(change => change.Differs), "metric"), (diff.Inputs.Length, "input"),
        ];
        var some = all.Where(kind => kind.Count > 0).Select(kind => kind.Noun[^1] == 's' && kind.Count > 1 ? $"{kind.Count} layers' experts" : Quantity.Of(kind.Count, kind.Noun)).ToList();
        var one = all.Sum(kind => kind.Count) == 1;
        return $"{(some.Count == 1 ? some[0] : $"{string.Join(", ", some.SkipLast(1))} and {some[^1]}")} {(one ? "differs" : "differ")}";
    }

    /// <summary>The last name of a decision's place, all but the section of an input's.</summary>
    public static string Name(FieldChange change) => change.Path.Split('.') switch
    {
        ["decisions", .. var names] => names[^1] is "policy" or "copies" ? string.Join(' ', names) : names[^1],
        ["inputs", var input] => input + " digest",
        ["request", .. var names] => string.Join(' ', names),
        var names => names[^1],
    };

    /// <summary>A field's value as people write it.</summary>
    public static string Value(FieldChange change, string? json)
    {
        if (json is null) return None;
        using var document = JsonDocument.Parse(json);
        var value = document.RootElement;
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(item => item.ToString())),
            _ => json,
        };
        return OneLine.Of(change.Path.StartsWith("inputs.", StringComparison.Ordinal) && text.Length > DigestShown ? text[..DigestShown] : text);
    }

    public static string Number(double? value) => value is { } number ? SixDigits.Text(number) : None;

    /// <summary>A percentage with a sign, or the difference where there is nothing to take a share of.</summary>
    public static string Change(MetricChange change) => change switch
    {
        { Difference: null } => "",
        { Share: { } share } when share == 0 || Math.Abs(share) >= 0.001 => Quantity.Change(share),
        { Share: { } share } => (share < 0 ? "-" : "+") + Quantity.Number(Math.Abs(share) * 100, 1) + " %",
        { Difference: { } difference } => (difference < 0 ? "-" : "+") + SixDigits.Text(Math.Abs(difference)),
    };

    public static string Verdict(MetricChange change) => change switch
    {
        { Unwritten: true } => "not written",
        { Differs: false } => "same",
        { Better: true } => "better",
        { Better: false } => "worse",
        _ => "changed",
    };

    /// <summary>What came and went, for example: gains 14-15, loses 11.</summary>
    public static string Layers(StageChange change)
    {
        var parts = new List<string>();
        if (!change.Gained.IsEmpty) parts.Add($"gains {Planning.NodeLimits.Ranges(change.Gained)}");
        if (!change.Lost.IsEmpty) parts.Add($"loses {Planning.NodeLimits.Ranges(change.Lost)}");
        return string.Join(", ", parts);
    }

    public static string Letters(string letters) => letters.Length == 0 ? None : LayoutString.Write([letters]);

    /// <summary>For example: expert 17 rank 0 to 5.</summary>
    public static string Move(ExpertMove move) =>
        $"{move.Expert.ToString(CultureInfo.InvariantCulture)} from {Ranks(move.Was)} to {Ranks(move.Now)}";

    private static string Ranks(ImmutableArray<int> ranks) => ranks.IsEmpty ? "none" : string.Join('+', ranks.Select(PlanWords.Of));
}
