using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Planner.Search;

/// <summary>Arrays padded with zeros to whole vectors of a fixed width, so that every machine adds in the same order and gets the same numbers.</summary>
internal static class PaddedVector
{
    private const int Lanes = 4;

    /// <summary>Entries of an array with room for so many.</summary>
    public static int Width(int count) => (count + Lanes - 1) / Lanes * Lanes;

    public static double[] Of(ReadOnlySpan<double> values)
    {
        var padded = new double[Width(values.Length)];
        values.CopyTo(padded);
        return padded;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Dot(double[] a, double[] b)
    {
        var sum = Vector256<double>.Zero;
        for (var i = 0; i < a.Length; i += Lanes) sum += Vector256.Create(a, i) * Vector256.Create(b, i);
        return Vector256.Sum(sum);
    }

    /// <summary>sum += times values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTimes(double[] sum, double times, double[] values)
    {
        var factor = Vector256.Create(times);
        for (var i = 0; i < sum.Length; i += Lanes) (Vector256.Create(sum, i) + (factor * Vector256.Create(values, i))).CopyTo(sum, i);
    }
}
