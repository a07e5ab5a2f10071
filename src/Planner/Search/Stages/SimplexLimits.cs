using System.Runtime.CompilerServices;

namespace Planner.Search;

/// <summary>What a <see cref="DualSimplex"/> keeps between two limits: a variable, or a row of several.</summary>
internal sealed class SimplexLimits
{
    private readonly double[] normal;

    /// <summary>A variable without limits.</summary>
    public SimplexLimits(int variable)
    {
        (Variable, normal) = (variable, []);
        Square = 1;
    }

    /// <summary>A row without limits.</summary>
    /// <param name="normal">Padded.</param>
    public SimplexLimits(double[] normal)
    {
        (Variable, this.normal) = (-1, normal);
        Square = PaddedVector.Dot(normal, normal);
    }

    /// <summary>Which variable; -1 for a row.</summary>
    public int Variable { get; }

    public double Least { get; set; } = double.NegativeInfinity;

    public double Most { get; set; } = double.PositiveInfinity;

    /// <summary>Where it is active; -1 where it is not.</summary>
    public int Place { get; set; } = -1;

    public bool Active => Place >= 0;

    /// <summary>Square of the normal's length.</summary>
    public double Square { get; }

    /// <summary>Of a row: at the point, as far as that is followed.</summary>
    public double Value { get; set; }

    /// <summary>Of a row, Devex: about the square of how fast the multipliers change where it comes in.</summary>
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
    public double Times(double[] vector) => Variable >= 0 ? vector[Variable] : PaddedVector.Dot(normal, vector);

    public void CopyNormal(double[] target)
    {
        if (Variable >= 0) target[Variable] = 1;
        else normal.CopyTo(target, 0);
    }
}
