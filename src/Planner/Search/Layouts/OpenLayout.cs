using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>A layout of a front that may still hold a faster plan under the memory cap. Its bound only rises.</summary>
internal sealed class OpenLayout(ScoredLayout scored, LayoutSpec layout)
{
    public ScoredLayout Scored => scored;

    public LayoutSpec Layout => layout;

    /// <summary>Its placement as integers; made when it is first bounded.</summary>
    public PlacementProblem? Problem { get; set; }

    /// <summary>No placement under the cap is shorter, ticks; double.MaxValue where none fits.</summary>
    public double Bound { get; private set; } = scored.Bound;

    /// <summary>The cap, in KiB, that the bound was last renewed for.</summary>
    public long Cap { get; private set; } = long.MaxValue;

    /// <summary>Placement searches under this cap.</summary>
    public int Tries { get; set; }

    /// <summary>KiB of the fullest rank of the placement found last; 0 before the first.</summary>
    public long FoundKib { get; set; }

    /// <summary>All tries left it open under a cap: fewer are spent on it under later ones.</summary>
    public bool Stubborn { get; set; }

    public void Renewed(long cap, double bound)
    {
        Raise(bound);
        Cap = cap;
        Tries = 0;
    }

    public void Raise(double bound) => Bound = Math.Max(Bound, bound);
}
