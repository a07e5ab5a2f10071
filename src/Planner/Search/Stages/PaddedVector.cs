using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    /// <summary>a times b, which is no shorter. Four sums side by side: one addition need not wait for the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Dot(double[] a, double[] b)
    {
        var (first, second, third, fourth) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        var left = Vectors(a);
        var right = Vectors(b)[..left.Length];
        var i = 0;
        for (; i + 3 < left.Length; i += 4)
        {
            first += left[i] * right[i];
            second += left[i + 1] * right[i + 1];
            third += left[i + 2] * right[i + 2];
            fourth += left[i + 3] * right[i + 3];
        }

        for (; i < left.Length; i++) first += left[i] * right[i];
        return Vector256.Sum((first + second) + (third + fourth));
    }

    /// <summary>sum += times values, which are no fewer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTimes(double[] sum, double times, double[] values)
    {
        var factor = Vector256.Create(times);
        var to = Vectors(sum);
        var from = Vectors(values)[..to.Length];
        for (var i = 0; i < to.Length; i++) to[i] += factor * from[i];
    }

    /// <summary>The array as vectors: entries are checked once, not vector by vector.</summary>
    public static Span<Vector256<double>> Vectors(double[] padded) => MemoryMarshal.Cast<double, Vector256<double>>(padded.AsSpan());
}
