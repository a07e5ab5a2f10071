using System.Collections.Immutable;

namespace Planner.Plans.Schema;

/// <summary>What a JSON value may be: as much of JSON Schema as describes the files written here.</summary>
internal abstract record Shape;

/// <param name="LeastLength">Letters.</param>
/// <param name="Pattern">Regular expression; null for any text.</param>
internal sealed record TextShape(int LeastLength, string? Pattern) : Shape;

/// <param name="Whole">No fractions.</param>
/// <param name="Least">Smallest; null where there is none.</param>
/// <param name="Above">Larger than this.</param>
/// <param name="Most">Largest.</param>
internal sealed record NumberShape(bool Whole, double? Least, double? Above, double? Most) : Shape;

internal sealed record FlagShape : Shape;

internal sealed record WordShape(ImmutableArray<string> Words) : Shape;

/// <param name="Item">Of every row.</param>
/// <param name="Least">Rows.</param>
/// <param name="Most">Rows; null for any number.</param>
internal sealed record ArrayShape(Shape Item, int Least, int? Most) : Shape;

/// <summary>An object with members of any name.</summary>
internal sealed record MapShape(Shape Value) : Shape;

/// <summary>An object with these members and no others.</summary>
/// <param name="Members">In the order written.</param>
internal sealed record ObjectShape(ImmutableArray<MemberShape> Members) : Shape
{
    /// <summary>Sets of members of which exactly one is there; empty where that is not so.</summary>
    public ImmutableArray<ImmutableArray<string>> OneOf { get; init; } = [];
}

/// <summary>Null or a value.</summary>
internal sealed record MaybeShape(Shape Value) : Shape;

/// <summary>A shape described once, under its name.</summary>
/// <param name="Name">Name.</param>
/// <param name="Shape">What it stands for.</param>
/// <param name="About">One line; empty where the name says it.</param>
internal sealed record NamedShape(string Name, Shape Shape, string About = "") : Shape;

/// <param name="Name">Key.</param>
/// <param name="Shape">Value.</param>
/// <param name="Needed">Always there.</param>
/// <param name="About">One line; empty where the key says it.</param>
internal sealed record MemberShape(string Name, Shape Shape, bool Needed, string About);
