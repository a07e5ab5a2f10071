namespace Planner.Search;

/// <summary>What holds with equality in a <see cref="DualSimplex"/>: as many rows and limits of variables as there are variables.</summary>
internal sealed class ActiveSet(int count, int width)
{
    public SimplexLimits[] Limits { get; } = new SimplexLimits[count];

    /// <summary>Columns of the inverse of the normals.</summary>
    public double[][] Inverse { get; } = [.. Enumerable.Range(0, count).Select(_ => new double[width])];

    public double[] Multiplier { get; } = new double[count];

    /// <summary>1: at its lower limit, -1: at its upper one.</summary>
    public double[] Side { get; } = new double[count];

    /// <summary>Pivots since the inverse was made.</summary>
    public int Pivots { get; set; }

    /// <summary>Puts limits at a place.</summary>
    public void Put(int place, SimplexLimits limits) => (Limits[place], limits.Place) = (limits, place);

    /// <summary>Takes all limits from their places.</summary>
    public void Clear()
    {
        foreach (var limits in Limits)
            if (limits is not null) limits.Place = -1;
    }

    /// <summary>Copies another; the limits' places stay.</summary>
    public void Copy(ActiveSet other)
    {
        other.Limits.CopyTo(Limits, 0);
        other.Multiplier.CopyTo(Multiplier, 0);
        other.Side.CopyTo(Side, 0);
        for (var i = 0; i < Inverse.Length; i++) other.Inverse[i].CopyTo(Inverse[i], 0);
        Pivots = other.Pivots;
    }
}
