using System.Collections.Immutable;

namespace Planner.Inputs.Json;

internal enum JsonKind
{
    Object,
    Array,
    Text,
    Number,
    Flag,
    Null,
}

/// <summary>One value of a JSON file. <paramref name="Offset"/> is its place in the file's bytes, for error messages.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A text's value, a number's digits, true or false.</param>
/// <param name="Members">Of an object, in file order.</param>
/// <param name="Items">Of an array.</param>
/// <param name="Offset">Bytes before it.</param>
internal sealed record JsonItem(
    JsonKind Kind,
    string Text,
    ImmutableArray<JsonMember> Members,
    ImmutableArray<JsonItem> Items,
    int Offset)
{
    public JsonItem? Find(string name)
    {
        foreach (JsonMember member in Members)
        {
            if (member.Name == name)
                return member.Value;
        }

        return null;
    }

    /// <summary>
    /// This value laid over another: objects are merged field by field, anything else replaces. A number with its source is one value.
    /// Offsets of what the other adds point at this object.
    /// </summary>
    public JsonItem Over(JsonItem below)
    {
        if (Kind != JsonKind.Object || below.Kind != JsonKind.Object || Find("value") is not null || below.Find("value") is not null)
            return this;
        ImmutableArray<JsonMember>.Builder members = ImmutableArray.CreateBuilder<JsonMember>();
        foreach (JsonMember member in below.Members)
            members.Add(new JsonMember(member.Name, Find(member.Name)?.Over(member.Value) ?? member.Value.At(Offset), Offset));
        members.AddRange(Members.Where(member => below.Find(member.Name) is null));
        return this with { Members = members.ToImmutable() };
    }

    public JsonItem Without(string name) => this with { Members = [.. Members.Where(member => member.Name != name)] };

    private JsonItem At(int offset) => this with
    {
        Offset = offset,
        Members = [.. Members.Select(member => new JsonMember(member.Name, member.Value.At(offset), offset))],
        Items = [.. Items.Select(each => each.At(offset))],
    };

    /// <summary>How an error message calls the value.</summary>
    public string Describe() => Kind switch
    {
        JsonKind.Object => "an object",
        JsonKind.Array => "an array",
        JsonKind.Text => $"the text {OneLine.Quote(Text)}",
        JsonKind.Number => Text,
        JsonKind.Flag => Text,
        _ => "null",
    };
}

internal readonly record struct JsonMember(string Name, JsonItem Value, int Offset);
