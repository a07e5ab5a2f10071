using System.Collections.Immutable;
using System.Globalization;

namespace Planner.Inputs.Json;

/// <summary>The fields of one object: typed reads that name the place of what is missing, of the wrong type or out of range.</summary>
internal sealed class JsonFields(JsonFile file, JsonItem item, string path)
{
    /// <summary>No count of a model or machine is larger; keeps a slip of the keyboard from filling the memory.</summary>
    public const int LargestCount = 100_000_000;

    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    public JsonFile File => file;

    /// <summary>Place in the file, for example rates.hopper; empty at the top.</summary>
    public string Path => path;

    public IEnumerable<JsonMember> Members => item.Members;

    /// <summary>The fields of a whole file.</summary>
    public static JsonFields Of(JsonFile file) => Of(file, file.Root, "");

    public static JsonFields Of(JsonFile file, JsonItem item, string path) => item.Kind == JsonKind.Object
        ? new JsonFields(file, item, path)
        : throw file.Error(item.Offset, $"{(path.Length == 0 ? "the file" : path)} must be an object, got {item.Describe()}");

    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>The value of a field; null where it is absent or null.</summary>
    public JsonItem? Optional(string name)
    {
        known.Add(name);
        JsonItem? value = item.Find(name);
        return value is null || value.Kind == JsonKind.Null ? null : value;
    }

    public JsonItem Require(string name) => Optional(name)
        ?? throw Error(item.Find(name) ?? item, item.Find(name) is null
            ? $"{PathOf(name)} is missing"
            : $"{PathOf(name)} must not be null");

    /// <summary>The field as it stands, null included; missing is an error.</summary>
    public JsonItem Present(string name)
    {
        known.Add(name);
        return item.Find(name) ?? throw Error(item, $"{PathOf(name)} is missing");
    }

    public JsonFields Object(string name) => Of(file, Require(name), PathOf(name));

    public JsonFields? OptionalObject(string name) =>
        Optional(name) is { } value ? Of(file, value, PathOf(name)) : null;

    public string Text(string name) => AsText(name, Require(name));

    public string? OptionalText(string name) => Optional(name) is { } value ? AsText(name, value) : null;

    public bool Flag(string name) => AsFlag(name, Require(name));

    public bool Flag(string name, bool absent) => Optional(name) is { } value ? AsFlag(name, value) : absent;

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Count(string name, int least = 1, int most = LargestCount) => AsCount(PathOf(name), Require(name), least, most);

    public int? OptionalCount(string name, int least = 1, int most = LargestCount) =>
        Optional(name) is { } value ? AsCount(PathOf(name), value, least, most) : null;

    public int AsCount(string place, JsonItem value, int least, int most)
    {
        if (value.Kind != JsonKind.Number)
            throw Error(value, $"{place} must be a whole number, got {value.Describe()}");
        double number = AsNumber(value);
        return number == Math.Floor(number) && number >= least && number <= most
            ? (int)number
            : throw Error(value, FormattableString.Invariant($"{place} must be a whole number from {least} to {most}, got {value.Text}"));
    }

    public static double AsNumber(JsonItem value) => double.Parse(value.Text, CultureInfo.InvariantCulture);

    public ImmutableArray<JsonItem> Array(string name) => AsArray(name, Require(name));

    public ImmutableArray<JsonItem>? OptionalArray(string name) => Optional(name) is { } value ? AsArray(name, value) : null;

    public ImmutableArray<string> Texts(string name) => [.. Array(name).Select(value => AsText(name, value))];

    /// <summary>Refuses fields that nothing has asked for.</summary>
    public void RefuseOthers()
    {
        foreach (JsonMember member in item.Members)
        {
            if (!known.Contains(member.Name))
            {
                string[] names = [.. known.Order(StringComparer.Ordinal)];
                throw file.Error(
                    member.Offset,
                    $"unknown field {OneLine.Quote(PathOf(member.Name))}.{NearestNames.Hint(member.Name, names)} Allowed: {OneLine.List(names)}");
            }
        }
    }

    public InputException Error(JsonItem at, string message) => file.Error(at.Offset, message);

    public InputException Error(string message) => file.Error(item.Offset, message);

    /// <summary>An error at a field, at the object where the field is absent.</summary>
    public InputException ErrorAt(string name, string message) => Error(item.Find(name) ?? item, message);

    private string AsText(string name, JsonItem value) => value.Kind == JsonKind.Text
        ? value.Text
        : throw Error(value, $"{PathOf(name)} must be a text, got {value.Describe()}");

    private bool AsFlag(string name, JsonItem value) => value.Kind == JsonKind.Flag
        ? value.Text == "true"
        : throw Error(value, $"{PathOf(name)} must be true or false, got {value.Describe()}");

    private ImmutableArray<JsonItem> AsArray(string name, JsonItem value) => value.Kind == JsonKind.Array
        ? value.Items
        : throw Error(value, $"{PathOf(name)} must be an array, got {value.Describe()}");
}
