using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Planner.Cost.Schedules;

namespace Planner.Search;

/// <summary>Paths are equal where they count the same operations.</summary>
internal sealed class PathCutComparer : IEqualityComparer<PathCut>
{
    public static PathCutComparer Instance { get; } = new();

    public bool Equals(PathCut? x, PathCut? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && x.Lags == y.Lags && x.Coefficients.AsSpan().SequenceEqual(y.Coefficients.AsSpan()));

    public int GetHashCode([DisallowNull] PathCut obj)
    {
        var hash = default(HashCode);
        hash.AddBytes(MemoryMarshal.AsBytes(obj.Coefficients.AsSpan()));
        hash.Add(obj.Lags);
        return hash.ToHashCode();
    }
}
