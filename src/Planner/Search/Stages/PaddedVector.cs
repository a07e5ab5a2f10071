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

    /// <summary>a times b. Four sums side by side: one addition need not wait for the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Dot(double[] a, double[] b)
    {
        var (first, second, third, fourth) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        var i = 0;
        for (; i <= a.Length - (4 * Lanes); i += 4 * Lanes)
        {
            first += Vector256.Create(a, i) * Vector256.Create(b, i);
            second += Vector256.Create(a, i + Lanes) * Vector256.Create(b, i + Lanes);
            third += Vector256.Create(a, i + (2 * Lanes)) * Vector256.Create(b, i + (2 * Lanes));
            fourth += Vector256.Create(a, i + (3 * Lanes)) * Vector256.Create(b, i + (3 * Lanes));
        }

        for (; i < a.Length; i += Lanes) first += Vector256.Create(a, i) * Vector256.Create(b, i);
        return Vector256.Sum((first + second) + (third + fourth));
    }

    /// <summary>sum += times values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTimes(double[] sum, double times, double[] values)
    {
        var factor = Vector256.Create(times);
        for (var i = 0; i < sum.Length; i += Lanes) (Vector256.Create(sum, i) + (factor * Vector256.Create(values, i))).CopyTo(sum, i);
    }
}
