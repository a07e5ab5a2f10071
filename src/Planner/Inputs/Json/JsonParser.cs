using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Planner.Inputs.Json;

/// <summary>Bytes to a tree of values with their places. Stricter than needed: no field twice, no number without end.</summary>
internal sealed class JsonParser(JsonFile file, byte[] bytes)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 32 };

    public JsonItem Parse()
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, Options);
            reader.Read();
            JsonItem root = Value(ref reader);
            reader.Read();
            return root;
        }
        catch (JsonException error)
        {
            throw file.Error(file.OffsetOf(error.LineNumber ?? 0, error.BytePositionInLine ?? 0), $"not valid JSON: {Reason(error)}");
        }
    }

    private JsonItem Value(ref Utf8JsonReader reader)
    {
        int offset = (int)reader.TokenStartIndex;
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => new(JsonKind.Object, "", Members(ref reader), [], offset),
            JsonTokenType.StartArray => new(JsonKind.Array, "", [], Items(ref reader), offset),
            JsonTokenType.String => new(JsonKind.Text, Text(ref reader), [], [], offset),
            JsonTokenType.Number => new(JsonKind.Number, Number(ref reader), [], [], offset),
            JsonTokenType.True => new(JsonKind.Flag, "true", [], [], offset),
            JsonTokenType.False => new(JsonKind.Flag, "false", [], [], offset),
            _ => new(JsonKind.Null, "", [], [], offset),
        };
    }

    private ImmutableArray<JsonMember> Members(ref Utf8JsonReader reader)
    {
        ImmutableArray<JsonMember>.Builder members = ImmutableArray.CreateBuilder<JsonMember>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            int offset = (int)reader.TokenStartIndex;
            string name = Text(ref reader);
            if (!names.Add(name))
                throw file.Error(offset, $"{OneLine.Quote(name)} is given twice; keep one");
            reader.Read();
            members.Add(new JsonMember(name, Value(ref reader), offset));
        }

        return members.ToImmutable();
    }

    private ImmutableArray<JsonItem> Items(ref Utf8JsonReader reader)
    {
        ImmutableArray<JsonItem>.Builder items = ImmutableArray.CreateBuilder<JsonItem>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(Value(ref reader));
        return items.ToImmutable();
    }

    private string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw file.Error((int)reader.TokenStartIndex, "not valid JSON: half of a surrogate pair in a text");
        }
    }

    private string Number(ref Utf8JsonReader reader)
    {
        string digits = Encoding.ASCII.GetString(reader.ValueSpan);
        return double.IsFinite(double.Parse(digits, CultureInfo.InvariantCulture))
            ? digits
            : throw file.Error((int)reader.TokenStartIndex, $"{digits} is too large for a number");
    }

    // The library adds the place again and advice for programmers.
    private static string Reason(JsonException error)
    {
        string reason = error.Message;
        foreach (string tail in (string[])[" LineNumber:", " Change the reader options.", " Path:"])
        {
            int end = reason.IndexOf(tail, StringComparison.Ordinal);
            if (end >= 0)
                reason = reason[..end];
        }

        return reason.TrimEnd('.', ' ');
    }
}
