namespace Planner.Cost.Units;

/// <summary>An amount of arithmetic: floating-point operations, a multiply-add counting two.</summary>
public readonly record struct Flops(double Value)
{
    public static Flops operator +(Flops left, Flops right) => new(left.Value + right.Value);

    public static Flops operator *(Flops left, double right) => new(left.Value * right);

    public static Seconds operator /(Flops left, FlopsPerSecond right) => new(left.Value / right.Value);
}

/// <summary>A rate of arithmetic in floating-point operations a second, dense (no sparsity).</summary>
public readonly record struct FlopsPerSecond(double Value)
{
    public static FlopsPerSecond FromTeraflops(double value) => new(value * 1e12);

    public double Teraflops => Value / 1e12;

    public static FlopsPerSecond operator *(FlopsPerSecond left, double right) => new(left.Value * right);
}
