using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Planner.Cost.Layout;

namespace Planner.Plans;

/// <summary>
/// The stages of a pipeline in one line, in Megatron-LM's grammar: E embedding, t decoder layer, m MTP module, L output layer and loss,
/// | end of a stage, (...)*N and x*N repetition.
/// </summary>
public static class LayoutString
{
    // t*5 is shorter to read than ttttt; up to four letters are not.
    private const int LongestSpelled = 4;

    /// <summary>The letters of a stage, for example Ettt.</summary>
    public static string Letters(StageContent content, bool first, bool last) =>
        (first ? "E" : "") + new string('t', content.Layers) + new string('m', content.Mtp) + (last ? "L" : "");

    public static string Write(StagePlan plan) => Write(
        [.. plan.Stages.Select((content, stage) => Letters(content, stage == 0, stage == plan.Stages.Length - 1))]);

    /// <summary>Stages given by their letters.</summary>
    public static string Write(ImmutableArray<string> stages)
    {
        var text = new StringBuilder();
        for (var i = 0; i < stages.Length;)
        {
            var run = 1;
            while (i + run < stages.Length - 1 && stages[i + run] == stages[i]) run++;
            var last = i == stages.Length - 1;
            if (run > 1 && !last) Append(text, "(" + Spell(stages[i]) + "|)*" + Number(run));
            else Append(text, Spell(stages[i]) + (last ? "" : "|"));
            i += last ? 1 : run;
        }

        return text.ToString();
    }

    // A letter behind a number is set off by a comma, which the grammar ignores.
    private static void Append(StringBuilder text, string piece)
    {
        if (text.Length > 0 && char.IsAsciiDigit(text[^1]) && piece.Length > 0 && char.IsAsciiLetter(piece[0])) text.Append(',');
        text.Append(piece);
    }

    private static string Spell(string letters)
    {
        var text = new StringBuilder();
        for (var i = 0; i < letters.Length;)
        {
            var run = 1;
            while (i + run < letters.Length && letters[i + run] == letters[i]) run++;
            Append(text, run > LongestSpelled ? letters[i] + "*" + Number(run) : new string(letters[i], run));
            i += run;
        }

        return text.ToString();
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
