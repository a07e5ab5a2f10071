using System.Runtime.CompilerServices;

namespace Planner.Search;

/// <summary>What a <see cref="DualSimplex"/> keeps between two limits: a variable, or a row of several.</summary>
internal sealed class SimplexLimits
{
    private readonly int variable;
    private readonly double[] normal;

    /// <summary>A variable without limits.</summary>
    public SimplexLimits(int variable)
    {
        (this.variable, normal) = (variable, []);
        Square = 1;
    }

    /// <summary>A row without limits.</summary>
    /// <param name="normal">Padded.</param>
    public SimplexLimits(double[] normal)
    {
        (variable, this.normal) = (-1, normal);
        Square = PaddedVector.Dot(normal, normal);
    }

    public double Least { get; set; } = double.NegativeInfinity;

    public double Most { get; set; } = double.PositiveInfinity;

    /// <summary>Where it is active; -1 where it is not.</summary>
    public int Place { get; set; } = -1;

    public bool Active => Place >= 0;

    /// <summary>Square of the normal's length.</summary>
    public double Square { get; }

    /// <summary>At the point, as far as that is followed.</summary>
    public double Value { get; set; }

    /// <summary>Devex: about the square of how fast the multipliers change where it comes in.</summary>
    public double Pace { get; set; }

    /// <summary>How far the value is outside, and on which side.</summary>
    public (double Amount, int Sign) Outside
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var (missing, over) = (Least - Value, Value - Most);
            return missing > over ? (missing, 1) : (over, -1);
        }
    }

    /// <summary>The normal times a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Times(double[] vector) => variable >= 0 ? vector[variable] : PaddedVector.Dot(normal, vector);

    public void CopyNormal(double[] target)
    {
        if (variable >= 0) target[variable] = 1;
        else normal.CopyTo(target, 0);
    }
}
