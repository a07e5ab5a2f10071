using System.Globalization;
using System.Text.Json;
using Planner.Inputs;

namespace Planner.Plans;

/// <summary>Refuses, in one line, text that is no JSON object or that readers of JSON disagree about: names given twice, numbers without end, half characters.</summary>
internal static class StrictJson
{
    private const int Deepest = 32;

    // A plan has a few thousand.
    private const int MostValues = 4_000_000;

    public static void Check(ReadOnlySpan<byte> utf8, string name)
    {
        if (utf8.Trim(" \t\r\n"u8).IsEmpty) throw new RefusedException($"{name} is empty; give a file of planner solve -o");
        var reader = new Utf8JsonReader(utf8, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = int.MaxValue }));
        try
        {
            Values(ref reader, utf8, name);
        }
        catch (JsonException error)
        {
            throw new RefusedException(FormattableString.Invariant(
                $"{name} is not JSON: line {(error.LineNumber ?? 0) + 1}, column {(error.BytePositionInLine ?? 0) + 1}; give a file of planner solve -o"));
        }
    }

    private static void Values(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, string name)
    {
        var names = new Stack<HashSet<string>>();
        var values = 0;
        while (reader.Read())
        {
            if (++values > MostValues) throw Wrong(ref reader, utf8, $"more than {MostValues.ToString(CultureInfo.InvariantCulture)} values; a plan has a few thousand", name);
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= Deepest:
                    throw Wrong(ref reader, utf8, FormattableString.Invariant($"nested more than {Deepest} deep"), name);
                case JsonTokenType.StartObject:
                    names.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    names.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    var member = Text(ref reader, utf8, name);
                    if (!names.Peek().Add(member)) throw Wrong(ref reader, utf8, $"{OneLine.Quote(member)} is given twice; keep one", name);
                    break;
                case JsonTokenType.String:
                    Text(ref reader, utf8, name);
                    break;
                case JsonTokenType.Number when !reader.TryGetDouble(out var number) || !double.IsFinite(number):
                    throw Wrong(ref reader, utf8, "the number is too large", name);
                default:
                    break;
            }
        }

        // All that was read is right, but something is missing. The depth counts what is open around the last token, not what it opens.
        if (reader.CurrentDepth > 0 || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray || reader.BytesConsumed < utf8.TrimEnd(" \t\r\n"u8).Length)
            throw new RefusedException($"{name} ends in the middle, in line {Line(utf8)}; it may be cut short: write it again with planner solve -o");
    }

    private static string Text(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, string name)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Wrong(ref reader, utf8, "half of a surrogate pair in a text", name);
        }
    }

    private static RefusedException Wrong(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, string what, string name) =>
        new($"{name}: line {Line(utf8[..(int)reader.TokenStartIndex])}: {what}");

    private static string Line(ReadOnlySpan<byte> before) => (before.Count((byte)'\n') + 1).ToString(CultureInfo.InvariantCulture);
}
