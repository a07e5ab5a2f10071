using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Planner.Plans;

/// <summary>What a layout string says.</summary>
/// <param name="Stages">Letters of each stage; empty where the string is wrong.</param>
/// <param name="Error">One line; null where the string is right.</param>
public sealed record ParsedLayout(ImmutableArray<string> Stages, string? Error);

/// <summary>Reads <see cref="LayoutString"/>, in the order of Megatron-LM: commas away, groups, single repetitions, split into stages.</summary>
public static class LayoutStringParser
{
    // A layout is a few hundred letters; what expands beyond this is a slip.
    private const int MostLetters = 100_000;

    public static ParsedLayout Parse(string text)
    {
        var groups = Groups(text.Replace(",", "", StringComparison.Ordinal));
        if (groups.Error is not null) return Wrong(groups.Error);
        var flat = Repetitions(groups.Text);
        if (flat.Error is not null) return Wrong(flat.Error);
        var stranger = flat.Text.FirstOrDefault(letter => !"EtmL|".Contains(letter, StringComparison.Ordinal));
        if (stranger != default) return Wrong($"'{stranger}' is not allowed; a layout is made of E t m L |, (...)*N and x*N");
        return new ParsedLayout([.. flat.Text.Split('|')], null);
    }

    /// <summary>Checks a parsed layout against its model and pipeline; null where it can run.</summary>
    public static string? Objection(ImmutableArray<string> stages, int layers, int mtpModules, int pipeline)
    {
        if (pipeline < 1 || stages.Length % pipeline != 0) return $"{stages.Length} stages are not a multiple of pp {pipeline}";
        var all = string.Concat(stages);
        if (all.Length == 0 || all[0] != 'E' || all.Count(letter => letter == 'E') != 1) return "E must come first, and once";
        if (all[^1] != 'L' || all.Count(letter => letter == 'L') != 1) return "L must come last, and once";
        var found = all.Count(letter => letter == 't');
        if (found != layers) return $"{found} t, but the model has {layers} layers";
        var modules = all.Count(letter => letter == 'm');
        if (modules != mtpModules) return $"{modules} m, but the model has {mtpModules} MTP modules";
        if (modules == 0) return null;
        if (all.LastIndexOf('t') > all.IndexOf('m', StringComparison.Ordinal)) return "no t may follow an m";
        var holders = Enumerable.Range(0, stages.Length).Where(stage => stages[stage].Contains('m', StringComparison.Ordinal)).ToList();
        if (holders.Count > 1) return "all m must lie in one stage";
        return holders[0] / pipeline == (stages.Length / pipeline) - 1 ? null : "m must lie in the last chunk of its rank";
    }

    private static ParsedLayout Wrong(string error) => new([], error);

    private static (string Text, string? Error) Groups(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == ')') return ("", "a ) without its (");
            if (text[i] != '(')
            {
                result.Append(text[i++]);
                continue;
            }

            var close = text.IndexOf(')', i);
            if (close < 0) return ("", "a ( without its )");
            var body = text[(i + 1)..close];
            if (body.Length == 0) return ("", "an empty group");
            if (body.Contains('(', StringComparison.Ordinal)) return ("", "a group inside a group");
            var count = Count(text, close + 1, out var next);
            if (count < 0) return ("", "a group without *N");
            if (result.Length + ((long)count * body.Length) > MostLetters) return ("", $"more than {MostLetters} letters");
            for (var n = 0; n < count; n++) result.Append(body);
            i = next;
        }

        return (result.ToString(), null);
    }

    private static (string Text, string? Error) Repetitions(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            var letter = text[i];
            var count = Count(text, i + 1, out var next);
            if (letter == '*') return ("", "a * without a letter before it and a number behind it");
            if (result.Length + Math.Max(1L, count) > MostLetters) return ("", $"more than {MostLetters} letters");
            result.Append(letter, count < 0 ? 1 : count);
            i = count < 0 ? i + 1 : next;
        }

        return (result.ToString(), null);
    }

    // The N of *N at a place; -1 where there is none.
    private static int Count(string text, int at, out int next)
    {
        next = at;
        if (at >= text.Length || text[at] != '*') return -1;
        var end = at + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        if (end == at + 1) return -1;
        next = end;
        return int.TryParse(text.AsSpan(at + 1, end - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : int.MaxValue;
    }
}
