namespace Planner.Cost.Models;

public enum Activation
{
    /// <summary>Gated: three matrices, gate and up of the MLP's width each; whatever function the gate takes.</summary>
    SwiGlu,

    /// <summary>Two matrices.</summary>
    Gelu,

    /// <summary>Two matrices (OPT).</summary>
    Relu,

    /// <summary>Two matrices (Nemotron).</summary>
    SquaredRelu,
}

/// <summary>The feed-forward block of a dense layer.</summary>
public sealed record MlpSpec(int Width, Activation Activation, bool Bias)
{
    /// <summary>Columns of the first matrix: gate and up together where the block is gated.</summary>
    public int InputColumns => Activation == Activation.SwiGlu ? 2 * Width : Width;
}
