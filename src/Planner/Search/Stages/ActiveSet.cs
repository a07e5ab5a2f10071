using System.Runtime.CompilerServices;

namespace Planner.Search;

/// <summary>What holds with equality in a <see cref="DualSimplex"/>: as many rows and limits of variables as there are variables.</summary>
internal sealed class ActiveSet(int count, int width)
{
    // Room to make the inverse anew.
    private double[][]? normals;
    private double[][]? unit;

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

    /// <summary>Makes the inverse anew: Gauss and Jordan with the greatest pivot of a column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Invert()
    {
        Pivots = 0;
        normals ??= Array.ConvertAll(Inverse, _ => new double[width]);
        unit ??= Array.ConvertAll(Inverse, _ => new double[width]);

        // Row operations on (normals | unit) leave the inverse in the second; its columns are what is kept.
        for (var i = 0; i < count; i++)
        {
            Array.Clear(normals[i]);
            Limits[i].CopyNormal(normals[i]);
            Array.Clear(unit[i]);
            unit[i][i] = 1;
        }

        for (var column = 0; column < count; column++)
        {
            var best = column;
            for (var i = column + 1; i < count; i++)
                if (Math.Abs(normals[i][column]) > Math.Abs(normals[best][column])) best = i;
            (normals[column], normals[best]) = (normals[best], normals[column]);
            (unit[column], unit[best]) = (unit[best], unit[column]);
            var factor = 1 / normals[column][column];
            for (var j = 0; j < width; j++) (normals[column][j], unit[column][j]) = (normals[column][j] * factor, unit[column][j] * factor);
            for (var i = 0; i < count; i++)
            {
                var times = normals[i][column];
                if (i == column || times == 0) continue;
                PaddedVector.AddTimes(normals[i], -times, normals[column]);
                PaddedVector.AddTimes(unit[i], -times, unit[column]);
            }
        }

        for (var i = 0; i < count; i++)
            for (var j = 0; j < count; j++) Inverse[i][j] = unit[j][i];
    }
}
