using System.Collections.Immutable;
using System.Text.Json;

namespace Planner.Plans;

/// <summary>The members of a JSON object and of the objects in it, by their place (names joined by dots): line and number. What lies in arrays is left out.</summary>
public sealed class JsonOutline
{
    private readonly ImmutableDictionary<string, (int Line, double? Number)> members;

    private JsonOutline(ImmutableDictionary<string, (int Line, double? Number)> members) => this.members = members;

    /// <param name="utf8">A JSON object.</param>
    public static JsonOutline Of(ReadOnlySpan<byte> utf8)
    {
        var members = ImmutableDictionary.CreateBuilder<string, (int, double?)>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(utf8);
        var outer = new Stack<string>();
        var (line, counted) = (1, 0);
        var place = "";
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    place = outer.TryPeek(out var parent) && parent.Length > 0 ? $"{parent}.{reader.GetString()}" : reader.GetString()!;
                    line += utf8[counted..(int)reader.TokenStartIndex].Count((byte)'\n');
                    counted = (int)reader.TokenStartIndex;
                    members[place] = (line, null);
                    break;
                case JsonTokenType.StartObject:
                    outer.Push(place);
                    break;
                case JsonTokenType.EndObject:
                    outer.Pop();
                    break;
                case JsonTokenType.StartArray:
                    reader.Skip();
                    break;
                case JsonTokenType.Number when outer.Count > 0:
                    members[place] = (line, reader.GetDouble());
                    break;
                default:
                    break;
            }
        }

        return new JsonOutline(members.ToImmutable());
    }

    public double? Number(string path) => members.TryGetValue(path, out var member) ? member.Number : null;

    /// <summary>From 1.</summary>
    public int? Line(string path) => members.TryGetValue(path, out var member) ? member.Line : null;
}
