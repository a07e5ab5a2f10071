using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;

namespace Planner.Calibration;

/// <summary>Whether runs can tell a constant, alone and apart from others.</summary>
internal static class Identification
{
    /// <summary>Steps must move by so much, root of the mean square over the runs, between a value as low and one as high as the default may be off.</summary>
    public const double LeastMove = 0.01;

    /// <summary>And by this much in a way that the other constants cannot bring about together.</summary>
    public const double LeastOwnMove = 0.005;

    /// <summary>The runs move with the constant.</summary>
    public static bool Noticed(Responses responses, TunableConstant constant, ImmutableArray<int> rows) =>
        Size(Direction(responses, constant, rows)) >= LeastMove;

    /// <summary>Share of the steps that the constant moves, root of the mean square.</summary>
    public static double Move(Responses responses, TunableConstant constant, ImmutableArray<int> rows) => Size(Direction(responses, constant, rows));

    /// <summary>What is left of that move beside what others can do.</summary>
    public static double OwnMove(Responses responses, TunableConstant constant, ImmutableArray<TunableConstant> others, ImmutableArray<int> rows)
    {
        var direction = Direction(responses, constant, rows);
        if (others.IsEmpty) return Size(direction);
        if (others.Length >= rows.Length) return 0;
        var matrix = Matrix<double>.Build.DenseOfColumnVectors(others.Select(other => Direction(responses, other, rows)));
        return Size(direction - (matrix * matrix.QR().Solve(direction)));
    }

    private static Vector<double> Direction(Responses responses, TunableConstant constant, ImmutableArray<int> rows)
    {
        var table = responses.Along(constant);
        var (low, high) = constant.Around(responses.Default(constant));
        return Vector<double>.Build.Dense(
            rows.Length, i => Math.Log(table.At(constant.Coordinate(high), rows[i]) / table.At(constant.Coordinate(low), rows[i])));
    }

    private static double Size(Vector<double> direction) => direction.L2Norm() / Math.Sqrt(direction.Count);
}
