using System.Collections.Immutable;
using System.Text.Json;

namespace Planner.Plans.Schema;

/// <summary>Shapes as a JSON Schema (draft 07, which most editors and validators read).</summary>
internal static class SchemaJson
{
    /// <param name="title">What the files are.</param>
    /// <param name="roots">A file is one of these.</param>
    /// <param name="others">Shapes that these refer to.</param>
    public static string Write(string title, ImmutableArray<NamedShape> roots, ImmutableArray<NamedShape> others) => PlanJson.Object(json =>
    {
        json.WriteString("$schema", "http://json-schema.org/draft-07/schema#");
        json.WriteString("title", title);
        json.WriteStartArray("oneOf");
        foreach (var root in roots) Object(json, () => Reference(json, root));
        json.WriteEndArray();
        json.Object("definitions", inner =>
        {
            foreach (var named in others.AddRange(roots)) Value(inner, named.Name, named.Shape, named.About);
        });
    });

    private static void Value(Utf8JsonWriter json, string key, Shape shape, string about = "")
    {
        json.WritePropertyName(key);
        Value(json, shape, about);
    }

    private static void Value(Utf8JsonWriter json, Shape shape, string about = "") => Object(json, () =>
    {
        switch (shape)
        {
            case NamedShape named:
                Reference(json, named);
                break;
            case WordShape words:
                Texts(json, "enum", words.Words);
                break;
            case MaybeShape maybe:
                json.WriteStartArray("oneOf");
                Object(json, () => json.WriteString("type", "null"));
                Value(json, maybe.Value);
                json.WriteEndArray();
                break;
            case FlagShape:
                json.WriteString("type", "boolean");
                break;
            case TextShape text:
                json.WriteString("type", "string");
                if (text.LeastLength > 0) json.WriteNumber("minLength", text.LeastLength);
                if (text.Pattern is not null) json.WriteString("pattern", text.Pattern);
                break;
            case NumberShape number:
                json.WriteString("type", number.Whole ? "integer" : "number");
                if (number.Least is { } least) json.WriteNumber("minimum", least);
                if (number.Above is { } above) json.WriteNumber("exclusiveMinimum", above);
                if (number.Most is { } most) json.WriteNumber("maximum", most);
                break;
            case ArrayShape array:
                json.WriteString("type", "array");
                if (array.Least > 0) json.WriteNumber("minItems", array.Least);
                if (array.Most is { } rows) json.WriteNumber("maxItems", rows);
                Value(json, "items", array.Item);
                break;
            case MapShape map:
                json.WriteString("type", "object");
                Value(json, "additionalProperties", map.Value);
                break;
            case ObjectShape members:
                Members(json, members);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(shape), shape, "a shape without a schema");
        }

        if (about.Length > 0) json.WriteString("description", about);
    });

    private static void Members(Utf8JsonWriter json, ObjectShape shape)
    {
        json.WriteString("type", "object");
        json.Object("properties", inner =>
        {
            foreach (var member in shape.Members) Value(inner, member.Name, member.Shape, member.About);
        });
        if (shape.Members.Any(member => member.Needed)) Texts(json, "required", shape.Members.Where(member => member.Needed).Select(member => member.Name));
        json.WriteBoolean("additionalProperties", false);
        if (shape.OneOf.IsEmpty) return;
        json.WriteStartArray("oneOf");
        foreach (var set in shape.OneOf) Object(json, () => Texts(json, "required", set));
        json.WriteEndArray();
    }

    private static void Reference(Utf8JsonWriter json, NamedShape shape) => json.WriteString("$ref", "#/definitions/" + shape.Name);

    private static void Texts(Utf8JsonWriter json, string key, IEnumerable<string> texts)
    {
        json.WriteStartArray(key);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void Object(Utf8JsonWriter json, Action members)
    {
        json.WriteStartObject();
        members();
        json.WriteEndObject();
    }
}
