using System.Collections.Immutable;
using Planner.Cost.Hardware;
using Planner.Plans;

namespace Planner.Inputs;

/// <summary>Precisions by the words that files and tables use.</summary>
internal static class PrecisionWords
{
    public static ImmutableArray<string> All { get; } = [.. Enum.GetValues<Precision>().Select(PlanWords.Of)];

    /// <summary>Null where there is none of that name.</summary>
    public static Precision? Find(string word)
    {
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            if (PlanWords.Of(precision) == word) return precision;
        }

        return null;
    }
}
