using System.Collections.Immutable;
using Planner.Cost.Hardware;

namespace Planner.Inputs;

/// <summary>Precisions by the words that files and tables use.</summary>
internal static class PrecisionWords
{
    public static ImmutableArray<string> All { get; } = [.. Enum.GetValues<Precision>().Select(precision => precision.Word())];

    /// <summary>Null where there is none of that name.</summary>
    public static Precision? Find(string word)
    {
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            if (precision.Word() == word) return precision;
        }

        return null;
    }
}
