using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Planner.Plans;

/// <summary>How JSON is written here: two spaces, LF, members of arrays on one line each, numbers rounded to six significant digits.</summary>
internal static class PlanJson
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        IndentSize = 2,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One object as text, with a line feed at its end.</summary>
    public static string Object(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented)) Fill(json, members);
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    public static void Object(this Utf8JsonWriter json, string key, Action<Utf8JsonWriter> members)
    {
        json.WritePropertyName(key);
        Fill(json, members);
    }

    /// <summary>An array whose members take one line each.</summary>
    public static void Rows<T>(this Utf8JsonWriter json, string key, IEnumerable<T> rows, Action<Utf8JsonWriter, T> members)
    {
        json.WriteStartArray(key);
        var margin = "\n" + new string(' ', Indented.IndentSize * json.CurrentDepth);
        foreach (var row in rows) json.WriteRawValue(margin + Line(line => Fill(line, inner => members(inner, row))));
        json.WriteEndArray();
    }

    /// <summary>A short array on the line of its key; whole numbers are written as numbers.</summary>
    public static void Words(this Utf8JsonWriter json, string key, IEnumerable<string> words)
    {
        json.WritePropertyName(key);
        json.WriteRawValue(Line(line =>
        {
            line.WriteStartArray();
            foreach (var word in words)
            {
                if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    line.WriteNumberValue(number);
                else
                    line.WriteStringValue(word);
            }

            line.WriteEndArray();
        }));
    }

    public static void Rounded(this Utf8JsonWriter json, string key, double value) => json.WriteNumber(key, SixDigits.Round(value));

    private static void Fill(Utf8JsonWriter json, Action<Utf8JsonWriter> members)
    {
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
    }

    // The writer breaks no line before a raw value, so rows bring their own margin.
    private static string Line(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Compact)) write(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
