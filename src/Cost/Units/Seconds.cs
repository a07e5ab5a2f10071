namespace Planner.Cost.Units;

/// <summary>A span of time in seconds. Default is zero.</summary>
public readonly record struct Seconds(double Value) : IComparable<Seconds>
{
    public static Seconds Zero => default;

    public static Seconds FromMilliseconds(double value) => new(value * 1e-3);

    public static Seconds FromMicroseconds(double value) => new(value * 1e-6);

    public double Milliseconds => Value * 1e3;

    public static Seconds operator +(Seconds left, Seconds right) => new(left.Value + right.Value);

    public static Seconds operator -(Seconds left, Seconds right) => new(left.Value - right.Value);

    public static Seconds operator *(Seconds left, double right) => new(left.Value * right);

    public static Seconds operator *(double left, Seconds right) => new(left * right.Value);

    public static Seconds operator /(Seconds left, double right) => new(left.Value / right);

    public static double operator /(Seconds left, Seconds right) => left.Value / right.Value;

    public static bool operator <(Seconds left, Seconds right) => left.Value < right.Value;

    public static bool operator >(Seconds left, Seconds right) => left.Value > right.Value;

    public static bool operator <=(Seconds left, Seconds right) => left.Value <= right.Value;

    public static bool operator >=(Seconds left, Seconds right) => left.Value >= right.Value;

    public static Seconds Max(Seconds left, Seconds right) => left.Value >= right.Value ? left : right;

    public int CompareTo(Seconds other) => Value.CompareTo(other.Value);
}
