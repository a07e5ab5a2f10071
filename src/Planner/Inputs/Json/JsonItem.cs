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
