namespace Planner.Cost.Hardware;

/// <summary>Precision of the linear layers' matrix multiplies.</summary>
public enum Precision
{
    Bf16,
    Fp8,
}
