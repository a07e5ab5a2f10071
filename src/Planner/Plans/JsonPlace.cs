using System.Globalization;
using System.Text.Json;
using Planner.Inputs;

namespace Planner.Plans;

/// <summary>An element of a JSON file that knows where it is, for errors.</summary>
internal sealed record JsonPlace(string File, string Path, JsonElement Element)
{
    private const int LongestShown = 80;

    public RefusedException Wrong(string what) => new($"{File}: {(Path.Length == 0 ? "the file" : Path)}: {what}");

    public JsonPlace Member(string key) => MemberOrNull(key) ?? throw Wrong($"'{key}' is missing");

    public JsonPlace? MemberOrNull(string key)
    {
        if (Element.ValueKind != JsonValueKind.Object) throw Wrong("an object is expected");
        return Element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonPlace(File, Path.Length == 0 ? key : $"{Path}.{key}", value)
            : null;
    }

    /// <summary>Names of an object's members.</summary>
    public IEnumerable<string> Names() => Element.ValueKind == JsonValueKind.Object
        ? Element.EnumerateObject().Select(member => member.Name)
        : throw Wrong("an object is expected");

    public IEnumerable<JsonPlace> Rows() => Element.ValueKind == JsonValueKind.Array
        ? Element.EnumerateArray().Select((row, index) => new JsonPlace(File, string.Create(CultureInfo.InvariantCulture, $"{Path}[{index}]"), row))
        : throw Wrong("an array is expected");

    public IEnumerable<JsonPlace> Rows(string key) => Member(key).Rows();

    public string Text() => Element.ValueKind == JsonValueKind.String ? Element.GetString()! : throw Wrong("a text is expected");

    public string Text(string key) => Member(key).Text();

    public string? TextOrNull(string key) => MemberOrNull(key)?.Text();

    public int Integer() => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var value)
        ? value
        : throw Wrong($"{Shown()} is not a whole number");

    public int Whole() => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var value) && value >= 1
        ? value
        : throw Wrong($"{Shown()} is not a whole number from 1");

    public int Whole(string key) => Member(key).Whole();

    public int? WholeOrNull(string key) => MemberOrNull(key)?.Whole();

    public double Number(string key) => NumberOrNull(key) ?? throw Wrong($"'{key}' is missing");

    public double? NumberOrNull(string key)
    {
        if (MemberOrNull(key) is not { } member) return null;
        return member.Element.ValueKind == JsonValueKind.Number && member.Element.GetDouble() is > 0 and var value && double.IsFinite(value)
            ? value
            : throw member.Wrong("a number above 0 is expected");
    }

    public double? NumberOrNull(string key, double least)
    {
        if (MemberOrNull(key) is not { } member) return null;
        return member.Element.ValueKind == JsonValueKind.Number && member.Element.GetDouble() is var value && value >= least && double.IsFinite(value)
            ? value
            : throw member.Wrong(string.Create(CultureInfo.InvariantCulture, $"a number from {least} is expected"));
    }

    /// <summary>False where the member is absent.</summary>
    public bool Flag(string key) => MemberOrNull(key) is { } member && member.Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw member.Wrong("true or false is expected"),
    };

    /// <summary>The value as an error shows it: one line, cut where it is long.</summary>
    public string Shown()
    {
        var text = OneLine.Of(Element.GetRawText());
        return text.Length <= LongestShown ? text : text[..LongestShown] + "...";
    }

    public T Word<T>(Func<T, string> of)
        where T : struct, Enum =>
        PlanWords.Parse(Text(), of) ?? throw Wrong($"'{OneLine.Of(Text())}' is not allowed; choose from {string.Join(", ", PlanWords.All(of))}");

    public T Word<T>(string key, Func<T, string> of)
        where T : struct, Enum => Member(key).Word(of);
}
