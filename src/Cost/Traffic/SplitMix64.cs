using System.Runtime.CompilerServices;

namespace Planner.Cost.Traffic;

/// <summary>A small random generator of fixed sequence (Steele, Lea, Flood 2014), so that no runtime's own generator decides a result.</summary>
public struct SplitMix64(ulong seed)
{
    private ulong state = seed;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in 0 .. bound - 1; the bias is below bound / 2^32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>Exponential with mean 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Exponential() => -Math.Log(((Next() >> 11) + 0.5) * (1.0 / (1L << 53)));
}
