using Planner.Cost.Units;

namespace Planner.Search;

/// <summary>Where a search stands.</summary>
/// <param name="Phase">What it does, for example scoring.</param>
/// <param name="Layouts">Layouts dealt with so far; null where it does something else.</param>
/// <param name="Best">Best step so far; null without a plan.</param>
/// <param name="Bound">No layout is faster; null while unknown.</param>
public readonly record struct SearchProgress(string Phase, long? Layouts, Seconds? Best, Seconds? Bound)
{
    /// <summary>Layouts that were scored; null while that goes on.</summary>
    public long? Scored { get; init; }

    /// <summary>Scored layouts that may fit the memory: those to deal with.</summary>
    public long? Survivors { get; init; }
}

/// <summary>Told where a search stands.</summary>
internal delegate void SearchReport(in SearchProgress progress);
