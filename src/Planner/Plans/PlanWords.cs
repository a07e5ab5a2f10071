using System.Globalization;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Search;

namespace Planner.Plans;

/// <summary>The lower-case words that the command line, the plan file and the tables share.</summary>
public static class PlanWords
{
    public static string Of(int number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Of(Precision precision) => precision.Word();

    public static string Of(Sharding sharding) => sharding switch
    {
        Sharding.None => "none",
        Sharding.Zero1 => "zero1",
        Sharding.Zero2 => "zero2",
        Sharding.Zero3 => "zero3",
        _ => throw new ArgumentOutOfRangeException(nameof(sharding), sharding, null),
    };

    public static string Of(TensorPolicy policy) => policy switch
    {
        TensorPolicy.Avoid => "avoid",
        TensorPolicy.Allow => "allow",
        TensorPolicy.Pinned => "pinned",
        _ => throw new ArgumentOutOfRangeException(nameof(policy), policy, null),
    };

    public static string Of(Trainable trainable) => trainable switch
    {
        Trainable.All => "all",
        Trainable.Lora => "lora",
        _ => throw new ArgumentOutOfRangeException(nameof(trainable), trainable, null),
    };

    public static string Of(Objective objective) => objective switch
    {
        Objective.Time => "time",
        Objective.Memory => "memory",
        Objective.Pareto => "pareto",
        _ => throw new ArgumentOutOfRangeException(nameof(objective), objective, null),
    };

    public static string Of(ProofStatus status) => status switch
    {
        ProofStatus.Optimal => "optimal",
        ProofStatus.Feasible => "feasible",
        ProofStatus.Infeasible => "infeasible",
        ProofStatus.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    public static string Of(Evidence evidence) => evidence switch
    {
        Evidence.PublishedPrecedent => "published_precedent",
        Evidence.KernelsMeasured => "kernels_measured",
        Evidence.Extrapolated => "extrapolated",
        _ => throw new ArgumentOutOfRangeException(nameof(evidence), evidence, null),
    };

    public static string Of(FindingLevel level) => level switch
    {
        FindingLevel.Note => "note",
        FindingLevel.Warning => "warning",
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, null),
    };

    /// <summary>The value of a word; null where it is none.</summary>
    public static T? Parse<T>(string word, Func<T, string> of)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (of(value) == word) return value;
        return null;
    }

    /// <summary>All words of an enumeration.</summary>
    public static string[] All<T>(Func<T, string> of)
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(of)];
}
