using System.Globalization;
using Planner.Validation;

namespace Planner.Reports.Validation;

/// <summary>Scores by family, all rows last. Errors in percent.</summary>
internal static class FamiliesTable
{
    private const string Header =
        "family,rows,mape,median_ape,bias,max_ape,spearman,regret,memory_rows,memory_mape,memory_max,groups,worst_id";

    public static void Write(TextWriter writer, Scoreboard scores)
    {
        using var csv = new CsvTable(writer, Header);
        foreach (var score in scores.Families.Append(scores.Overall))
        {
            csv.Cell(score.Name).Cell(score.Rows).Cell(score.Mape).Cell(score.MedianApe).Cell(score.Bias).Cell(score.MaxApe)
                .Cell(score.Spearman).Cell(score.Regret).Cell(score.MemoryRows).Cell(score.MemoryMape).Cell(score.MemoryMax)
                .Cell(score.Groups).Cell(score.WorstId)
                .End();
        }
    }

    public static string Text(Scoreboard scores)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        Write(writer, scores);
        return writer.ToString();
    }
}
