using System.Text.Json;

namespace Planner.Plans;

/// <summary>An element of a JSON file that knows where it is, for errors.</summary>
internal sealed record JsonPlace(string File, string Path, JsonElement Element)
{
    public RefusedException Wrong(string what) => new($"{File}: {(Path.Length == 0 ? "the file" : Path)}: {what}");

    public JsonPlace Member(string key) => MemberOrNull(key) ?? throw Wrong($"'{key}' is missing");

    public JsonPlace? MemberOrNull(string key)
    {
        if (Element.ValueKind != JsonValueKind.Object) throw Wrong("an object is expected");
        return Element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonPlace(File, Path.Length == 0 ? key : $"{Path}.{key}", value)
            : null;
    }

    public IEnumerable<JsonPlace> Rows(string key)
    {
        var array = Member(key);
        if (array.Element.ValueKind != JsonValueKind.Array) throw array.Wrong("an array is expected");
        return array.Element.EnumerateArray().Select((row, index) => new JsonPlace(File, $"{array.Path}[{index}]", row));
    }

    public string Text(string key)
    {
        var member = Member(key);
        return member.Element.ValueKind == JsonValueKind.String ? member.Element.GetString()! : throw member.Wrong("a text is expected");
    }

    public int Whole(string key)
    {
        var member = Member(key);
        return member.Element.ValueKind == JsonValueKind.Number && member.Element.TryGetInt32(out var value) && value >= 1
            ? value
            : throw member.Wrong($"{member.Element.GetRawText()} is not a whole number from 1");
    }

    public double Number(string key) => NumberOrNull(key) ?? throw Wrong($"'{key}' is missing");

    public double? NumberOrNull(string key)
    {
        if (MemberOrNull(key) is not { } member) return null;
        return member.Element.ValueKind == JsonValueKind.Number && member.Element.GetDouble() is > 0 and var value && double.IsFinite(value)
            ? value
            : throw member.Wrong("a number above 0 is expected");
    }

    public T Word<T>(string key, Func<T, string> of)
        where T : struct, Enum =>
        PlanWords.Parse(Text(key), of) ?? throw Member(key).Wrong($"'{Text(key)}' is not allowed; choose from {string.Join(", ", PlanWords.All(of))}");
}
