using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Planner.Plans;

/// <summary>
/// The members of a JSON object and of the objects in it, by their place (names joined by dots), in the file's order: line and value. An array of plain
/// values is a value; what lies in other arrays is left out.
/// </summary>
public sealed class JsonOutline
{
    private readonly Dictionary<string, Place> members;

    private JsonOutline(ImmutableArray<string> paths, Dictionary<string, Place> members)
    {
        Paths = paths;
        this.members = members;
    }

    /// <summary>Places in the file's order.</summary>
    public ImmutableArray<string> Paths { get; }

    /// <param name="utf8">A JSON object.</param>
    public static JsonOutline Of(ReadOnlySpan<byte> utf8)
    {
        var paths = ImmutableArray.CreateBuilder<string>();
        var members = new Dictionary<string, Place>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(utf8);
        var outer = new Stack<string>();
        var (line, counted) = (1, 0);
        var path = "";
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    path = outer.TryPeek(out var parent) && parent.Length > 0 ? $"{parent}.{reader.GetString()}" : reader.GetString()!;
                    line += utf8[counted..(int)reader.TokenStartIndex].Count((byte)'\n');
                    counted = (int)reader.TokenStartIndex;
                    if (!members.ContainsKey(path)) paths.Add(path);
                    members[path] = new Place(line, null, null);
                    break;
                case JsonTokenType.StartObject:
                    outer.Push(path);
                    break;
                case JsonTokenType.EndObject:
                    outer.Pop();
                    break;
                case JsonTokenType.StartArray:
                    members[path] = new Place(line, null, Values(ref reader));
                    break;
                default:
                    members[path] = new Place(line, reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : null, Value(ref reader));
                    break;
            }
        }

        return new JsonOutline(paths.ToImmutable(), members);
    }

    public double? Number(string path) => members.TryGetValue(path, out var member) ? member.Number : null;

    /// <summary>The value as JSON in one spelling; null where there is none, for null, and for objects and arrays that hold some.</summary>
    public string? Json(string path) => members.TryGetValue(path, out var member) ? member.Json : null;

    /// <summary>From 1.</summary>
    public int? Line(string path) => members.TryGetValue(path, out var member) ? member.Line : null;

    private static string? Value(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.Number => reader.GetDouble().ToString("R", CultureInfo.InvariantCulture),
        JsonTokenType.String => Quoted(reader.GetString()!),
        _ => Encoding.UTF8.GetString(reader.ValueSpan),
    };

    /// <summary>A text as the outline spells it.</summary>
    internal static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string? Values(ref Utf8JsonReader reader)
    {
        var values = new List<string>();
        var depth = reader.CurrentDepth;
        var plain = true;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            plain &= reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray);
            if (plain) values.Add(Value(ref reader) ?? "null");
        }

        return plain ? $"[{string.Join(',', values)}]" : null;
    }

    private readonly record struct Place(int Line, double? Number, string? Json);
}
