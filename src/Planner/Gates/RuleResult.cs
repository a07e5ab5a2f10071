using Planner.Reports;

namespace Planner.Gates;

/// <summary>One rule and whether it holds.</summary>
/// <param name="Metric">The metric, or what else the rule is about: decisions, inputs.hardware, recorded, best.</param>
/// <param name="Rule">The rule, for example max 20.</param>
/// <param name="Level">What it means when it does not hold.</param>
/// <param name="Passed">It holds.</param>
/// <param name="Expected">For people.</param>
/// <param name="Found">For people.</param>
internal sealed record RuleResult(string Metric, string Rule, RuleLevel Level, bool Passed, string Expected, string Found)
{
    /// <summary>The limit as a number; null where it is none.</summary>
    public double? ExpectedNumber { get; init; }

    /// <summary>Today's number; null where there is none.</summary>
    public double? ActualNumber { get; init; }

    /// <summary>Today's number over the one compared with, less one; null where one of them is missing or zero.</summary>
    public double? Change { get; init; }

    /// <summary>The decisions cannot run.</summary>
    public bool Infeasible { get; init; }

    /// <summary>The rule says nothing about this plan, which has no such number.</summary>
    public bool Skipped { get; init; }

    /// <summary>The whole in a line.</summary>
    public string Message =>
        $"expected {Expected}, found {Found}{(Change is { } share and not 0 ? $" ({Quantity.Change(share)})" : "")}{(Why.Length > 0 ? $": {Why}" : "")}";

    /// <summary>Why, and what it means; empty where expected and found say all.</summary>
    public string Why { get; init; } = "";

    /// <summary>What would fix it; empty where nothing needs to be.</summary>
    public string Fix { get; init; } = "";

    /// <summary>The member of the plan file that it is about.</summary>
    public string Place { get; init; } = "";
}
