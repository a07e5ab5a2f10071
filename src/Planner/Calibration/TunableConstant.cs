using System.Collections.Immutable;
using System.Globalization;
using Planner.Cost.Stacks;
using Planner.Cost.Units;

namespace Planner.Calibration;

/// <summary>A number of a stack file as a calibration writes it.</summary>
/// <param name="Path">Members from the top, joined by dots.</param>
/// <param name="Value">In the unit of the file.</param>
/// <param name="Kind">Fitted; assumed for what a fitted constant needs beside it.</param>
/// <param name="Source">Where it is from; null for the calibration itself.</param>
public sealed record StackField(string Path, double Value, SourceKind Kind, string? Source = null);

/// <summary>A constant of a stack that measured runs can set.</summary>
/// <param name="Path">Its place in a stack file.</param>
/// <param name="Least">Smallest value that physics or the file allows.</param>
/// <param name="Most">Largest.</param>
/// <param name="Move">How far a default may be off, for the question whether runs notice: a factor of a rate, else a difference.</param>
/// <param name="IsRate">Time goes with its inverse.</param>
/// <param name="Rows">Indices of the runs that it may concern.</param>
/// <param name="NoRows">Why there are none.</param>
public sealed record TunableConstant(
    string Path, double Least, double Most, double Move, bool IsRate, ImmutableArray<int> Rows, string NoRows)
{
    private const int Digits = 4;
    private const double AtLimit = 0.005;

    /// <summary>The value in a stack.</summary>
    public required Func<StackSpec, double> Read { get; init; }

    /// <summary>The stack with another value.</summary>
    public required Func<StackSpec, double, StackSpec> Write { get; init; }

    /// <summary>What a file says for a value, given the stack that it is based on.</summary>
    public Func<StackSpec, double, ImmutableArray<StackField>>? Spell { get; init; }

    /// <summary>Between two values of this coordinate time runs nearly straight.</summary>
    public double Coordinate(double value) => IsRate ? 1 / value : value;

    /// <summary>The value of a coordinate, inside the limits, as files write it.</summary>
    public double Value(double coordinate) => Math.Clamp(Rounded(IsRate ? 1 / coordinate : coordinate), Least, Most);

    /// <summary>A value lower and a value higher by which a default may be off.</summary>
    public (double Low, double High) Around(double value) => IsRate
        ? (Math.Max(Least, value / Move), Math.Min(Most, value * Move))
        : (Math.Max(Least, value - Move), Math.Min(Most, value + Move));

    /// <summary>The limit of its range that a value has all but reached; null where it is inside.</summary>
    public double? LimitAt(double value)
    {
        if (value <= Least + (AtLimit * (Least > 0 ? Least : Most))) return Least;
        return value >= Most - (AtLimit * Most) ? Most : null;
    }

    /// <summary>Members of a stack file that say a value.</summary>
    public ImmutableArray<StackField> Fields(StackSpec start, double value) =>
        Spell is null ? [new StackField(Path, value, SourceKind.Fitted)] : Spell(start, value);

    private static double Rounded(double value) =>
        double.Parse(value.ToString("E" + (Digits - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
