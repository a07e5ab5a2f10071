namespace Planner.Cost.Hardware;

/// <summary>Precision of the linear layers' matrix multiplies.</summary>
public enum Precision
{
    /// <summary>16 bits.</summary>
    Bf16,

    /// <summary>16 bits; costs what BF16 costs, at the same rates.</summary>
    Fp16,

    /// <summary>8 bits with a scale a tensor or a block.</summary>
    Fp8,

    /// <summary>8 bits with a scale for every 32 elements (Blackwell).</summary>
    Mxfp8,

    /// <summary>4 bits with a scale for every 16 elements (Blackwell).</summary>
    Nvfp4,
}

/// <summary>What the cost of a precision depends on.</summary>
public static class PrecisionFormat
{
    /// <summary>Narrower than 16 bits: GEMM inputs are quantised first.</summary>
    public static bool Quantised(this Precision precision) => precision is not (Precision.Bf16 or Precision.Fp16);

    /// <summary>The word that files, tables and the command line use.</summary>
    public static string Word(this Precision precision) => precision switch
    {
        Precision.Bf16 => "bf16",
        Precision.Fp16 => "fp16",
        Precision.Fp8 => "fp8",
        Precision.Mxfp8 => "mxfp8",
        Precision.Nvfp4 => "nvfp4",
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "precision without a name"),
    };

    /// <summary>Bytes an element of a GEMM input, without scales.</summary>
    public static double Bytes(this Precision precision) => precision switch
    {
        Precision.Bf16 or Precision.Fp16 => 2,
        Precision.Fp8 or Precision.Mxfp8 => 1,
        Precision.Nvfp4 => 0.5,
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "precision without a format"),
    };
}
