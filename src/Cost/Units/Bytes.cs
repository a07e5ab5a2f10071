namespace Planner.Cost.Units;

/// <summary>An amount of memory or traffic in bytes. Default is zero. 1 GB is 1e9 bytes, 1 GiB is 2^30 bytes.</summary>
public readonly record struct Bytes(double Value) : IComparable<Bytes>
{
    private const double BytesPerGib = 1024.0 * 1024.0 * 1024.0;

    public static Bytes Zero => default;

    public static Bytes FromGib(double value) => new(value * BytesPerGib);

    public static Bytes FromGigabytes(double value) => new(value * 1e9);

    public double Gib => Value / BytesPerGib;

    public static Bytes operator +(Bytes left, Bytes right) => new(left.Value + right.Value);

    public static Bytes operator -(Bytes left, Bytes right) => new(left.Value - right.Value);

    public static Bytes operator *(Bytes left, double right) => new(left.Value * right);

    public static Bytes operator *(double left, Bytes right) => new(left * right.Value);

    public static Bytes operator /(Bytes left, double right) => new(left.Value / right);

    public static Seconds operator /(Bytes left, BytesPerSecond right) => new(left.Value / right.Value);

    public static bool operator <(Bytes left, Bytes right) => left.Value < right.Value;

    public static bool operator >(Bytes left, Bytes right) => left.Value > right.Value;

    public static bool operator <=(Bytes left, Bytes right) => left.Value <= right.Value;

    public static bool operator >=(Bytes left, Bytes right) => left.Value >= right.Value;

    public int CompareTo(Bytes other) => Value.CompareTo(other.Value);
}

/// <summary>A bandwidth in bytes a second, one direction. 1 GB/s is 1e9 bytes a second.</summary>
public readonly record struct BytesPerSecond(double Value)
{
    public static BytesPerSecond FromGigabytes(double value) => new(value * 1e9);

    public static BytesPerSecond FromTerabytes(double value) => new(value * 1e12);

    public double Gigabytes => Value / 1e9;

    public static BytesPerSecond operator *(BytesPerSecond left, double right) => new(left.Value * right);
}
