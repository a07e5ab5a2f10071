namespace Planner.Plans.Schema;

/// <summary>Shapes by short names, for declarations.</summary>
internal static class Shapes
{
    /// <summary>Whole, from 1.</summary>
    public static Shape Count { get; } = WholeFrom(1);

    /// <summary>Whole, from 0.</summary>
    public static Shape Index { get; } = WholeFrom(0);

    public static Shape Number { get; } = new NumberShape(false, null, null, null);

    public static Shape Positive { get; } = new NumberShape(false, null, 0, null);

    public static Shape NotNegative { get; } = new NumberShape(false, 0, null, null);

    /// <summary>From 1.</summary>
    public static Shape Factor { get; } = new NumberShape(false, 1, null, null);

    /// <summary>From 0 to 1.</summary>
    public static Shape Share { get; } = new NumberShape(false, 0, null, 1);

    public static Shape Text { get; } = new TextShape(0, null);

    /// <summary>A text that is not empty.</summary>
    public static Shape Name { get; } = new TextShape(1, null);

    public static Shape Flag { get; } = new FlagShape();

    public static Shape WholeFrom(int least) => new NumberShape(true, least, null, null);

    public static Shape Pattern(string pattern) => new TextShape(0, pattern);

    public static Shape Words(params string[] words) => new WordShape([.. words]);

    /// <summary>All words of an enumeration.</summary>
    public static Shape Words<T>(Func<T, string> of)
        where T : struct, Enum => Words(PlanWords.All(of));

    public static Shape Rows(Shape item, int least = 0, int? most = null) => new ArrayShape(item, least, most);

    public static Shape Map(Shape value) => new MapShape(value);

    public static Shape Maybe(Shape value) => new MaybeShape(value);

    public static ObjectShape Object(params MemberShape[] members) => new([.. members]);

    public static MemberShape Needed(string name, Shape shape, string about = "") => new(name, shape, true, about);

    public static MemberShape Optional(string name, Shape shape, string about = "") => new(name, shape, false, about);
}
