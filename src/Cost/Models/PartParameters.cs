namespace Planner.Cost.Models;

/// <summary>Parameters of one part of a model, by what tensor parallelism does with them.</summary>
/// <param name="SplitMatrices">Matrices that tensor ranks divide.</param>
/// <param name="CopiedMatrices">Matrices that every tensor rank holds whole: the router, latent down-projections.</param>
/// <param name="SplitVectors">Biases of column-parallel matrices, divided with them.</param>
/// <param name="CopiedVectors">Norms, biases of row-parallel matrices, the router's correction bias.</param>
public readonly record struct PartParameters(long SplitMatrices, long CopiedMatrices, long SplitVectors, long CopiedVectors)
{
    /// <summary>What a token is multiplied with.</summary>
    public long Matrices => SplitMatrices + CopiedMatrices;

    public long Total => Matrices + SplitVectors + CopiedVectors;

    public static PartParameters operator +(PartParameters left, PartParameters right) => new(
        left.SplitMatrices + right.SplitMatrices,
        left.CopiedMatrices + right.CopiedMatrices,
        left.SplitVectors + right.SplitVectors,
        left.CopiedVectors + right.CopiedVectors);

    public static PartParameters operator *(long count, PartParameters part) => new(
        count * part.SplitMatrices,
        count * part.CopiedMatrices,
        count * part.SplitVectors,
        count * part.CopiedVectors);

    /// <summary>Parameters a tensor rank holds; what does not divide evenly is padded up, as trainers do.</summary>
    public long OnTensorRank(int tensor) => CeilingDivide(SplitMatrices, tensor) + CopiedMatrices + CeilingDivide(SplitVectors, tensor) + CopiedVectors;

    private static long CeilingDivide(long value, int divisor) => (value + divisor - 1) / divisor;
}
