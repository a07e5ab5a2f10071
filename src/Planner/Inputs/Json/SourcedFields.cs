using System.Collections.Immutable;
using System.Globalization;
using Planner.Cost.Units;

namespace Planner.Inputs.Json;

/// <summary>Values a sourced number may take.</summary>
/// <param name="Least">Smallest.</param>
/// <param name="Most">Largest.</param>
/// <param name="Open">The smallest itself is not allowed.</param>
internal readonly record struct NumberRange(double Least, double Most, bool Open)
{
    public static NumberRange Positive { get; } = new(0, 1e6, true);

    public static NumberRange NotNegative { get; } = new(0, 1e6, false);

    /// <summary>A share of a peak.</summary>
    public static NumberRange Share { get; } = new(0, 1, true);

    /// <summary>A share that may be nothing.</summary>
    public static NumberRange Part { get; } = new(0, 1, false);

    /// <summary>A factor that only makes longer or larger.</summary>
    public static NumberRange Factor { get; } = new(1, 100, false);

    public bool Holds(double value) => (Open ? value > Least : value >= Least) && value <= Most;

    public override string ToString() => FormattableString.Invariant($"{(Open ? "above" : "at least")} {Least} and at most {Most}");
}

/// <summary>
/// Reads numbers written as {"value", "kind", "source"}, some with a "range" that the true value lies in, and keeps each as a <see cref="Constant"/>.
/// </summary>
/// <param name="fields">The object.</param>
/// <param name="constants">Receives what is read.</param>
/// <param name="drawn">Values to take instead of those written, by place; only numbers with a range.</param>
internal sealed class SourcedFields(
    JsonFields fields, ImmutableArray<Constant>.Builder constants, IReadOnlyDictionary<string, double>? drawn = null)
{
    private static readonly (string Name, SourceKind Kind)[] Kinds =
    [
        ("measured", SourceKind.Measured),
        ("fitted", SourceKind.Fitted),
        ("data_sheet", SourceKind.DataSheet),
        ("derived", SourceKind.Derived),
        ("assumed", SourceKind.Assumed),
    ];

    public JsonFields Fields => fields;

    public SourcedFields Object(string name) => new(fields.Object(name), constants, drawn);

    /// <summary>The objects of an array, each with its place.</summary>
    public ImmutableArray<SourcedFields> Objects(string name) =>
        [.. fields.Array(name).Select((item, index) => new SourcedFields(
            JsonFields.Of(fields.File, item, string.Create(CultureInfo.InvariantCulture, $"{fields.PathOf(name)}[{index}]")), constants, drawn))];

    public double Number(string name, NumberRange range)
    {
        JsonItem value = Value(name, inner => inner.Kind == JsonKind.Number ? Spell(inner) : null, "a number", ranged: true);
        double number = JsonFields.AsNumber(value);
        if (!range.Holds(number)) throw fields.Error(value, $"{fields.PathOf(name)} must be {range}, got {value.Text}");
        if (constants[^1].Range is not { } within) return number;
        if (!range.Holds(within.Low) || !range.Holds(within.High)) throw fields.Error(value, $"{fields.PathOf(name)}.range must be {range}");
        return drawn is not null && drawn.TryGetValue(fields.PathOf(name), out double other) ? other : number;
    }

    public double? OptionalNumber(string name, NumberRange range) =>
        fields.Present(name).Kind == JsonKind.Null ? null : Number(name, range);

    public int Count(string name, int most)
    {
        JsonItem value = Value(name, inner => inner.Kind == JsonKind.Number ? Spell(inner) : null, "a number");
        return fields.AsCount(fields.PathOf(name), value, 1, most);
    }

    public string Text(string name)
    {
        JsonItem value = Value(name, inner => inner.Kind == JsonKind.Text ? inner.Text : null, "a text");
        return value.Text;
    }

    /// <summary>A list under one source.</summary>
    public JsonItem List(string name, Func<JsonItem, string> spell) =>
        Value(name, inner => inner.Kind == JsonKind.Array ? spell(inner) : null, "an array");

    /// <summary>Checks the triple, records it and returns the value.</summary>
    private JsonItem Value(string name, Func<JsonItem, string?> spell, string expected, bool ranged = false)
    {
        string place = fields.PathOf(name);
        JsonItem item = fields.Require(name);
        if (item.Kind != JsonKind.Object)
        {
            throw fields.Error(
                item,
                $"{place} needs its source: write {{ \"value\": {item.Text}, \"kind\": \"assumed\", \"source\": \"...\" }} instead of {item.Describe()}");
        }

        JsonFields triple = JsonFields.Of(fields.File, item, place);
        JsonItem value = triple.Require("value");
        SourceKind kind = Kind(triple);
        string source = triple.Text("source");
        if (string.IsNullOrWhiteSpace(source))
            throw triple.ErrorAt("source", $"{place}.source is empty; say where the number is from");
        (double, double)? range = ranged ? Range(triple, place, value) : null;
        triple.RefuseOthers();
        string spelled = spell(value) ?? throw fields.Error(value, $"{place}.value must be {expected}, got {value.Describe()}");
        constants.Add(new Constant(place, spelled, kind, source) { Range = range });
        return value;
    }

    private static (double Low, double High)? Range(JsonFields triple, string place, JsonItem value)
    {
        if (triple.OptionalArray("range") is not { } ends) return null;
        if (ends.Length != 2 || ends.Any(end => end.Kind != JsonKind.Number) || value.Kind != JsonKind.Number)
            throw triple.ErrorAt("range", $"{place}.range must be two numbers, the smaller first");
        (double low, double high) = (JsonFields.AsNumber(ends[0]), JsonFields.AsNumber(ends[1]));
        return low < high && low <= JsonFields.AsNumber(value) && JsonFields.AsNumber(value) <= high
            ? (low, high)
            : throw triple.ErrorAt("range", $"{place}.range must be two numbers, the smaller first, with the value {value.Text} between them");
    }

    private static SourceKind Kind(JsonFields triple)
    {
        string given = triple.Text("kind");
        foreach ((string name, SourceKind kind) in Kinds)
        {
            if (name == given)
                return kind;
        }

        throw triple.ErrorAt(
            "kind",
            $"{triple.PathOf("kind")} {OneLine.Quote(given)} is not known; allowed: {OneLine.List(Kinds.Select(kind => kind.Name))}");
    }

    private static string Spell(JsonItem number) => JsonFields.AsNumber(number).ToString("R", CultureInfo.InvariantCulture);
}
