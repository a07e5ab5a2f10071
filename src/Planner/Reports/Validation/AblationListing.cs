using Planner.Validation;

namespace Planner.Reports.Validation;

/// <summary>Scores without each term of the cost model, rows of high confidence beside all rows. Errors in percent.</summary>
internal static class AblationListing
{
    public static Listing Of(IEnumerable<Ablation> ablations) => new(
        "ablation",
        [
            new("left_out", "left out"), new("high_mape", "high: MAPE"), new("high_median_ape", "median"), new("high_bias", "bias"),
            new("mape", "all: MAPE"), new("bias", "bias"), new("spearman", "spearman"), new("regret", "regret"),
        ],
        [.. ablations.Select(ablation => Row(ablation.Term.Name, ablation.Scores))]);

    private static System.Collections.Immutable.ImmutableArray<ListingCell> Row(string name, Scoreboard scores) =>
    [
        name,
        Tenth(scores.High?.Mape), Tenth(scores.High?.MedianApe), Tenth(scores.High?.Bias),
        Tenth(scores.Overall.Mape), Tenth(scores.Overall.Bias), Rounded(scores.Overall.Spearman, 2), Tenth(scores.Overall.Regret),
    ];

    private static double? Tenth(double? percent) => Rounded(percent, 1);

    private static double? Rounded(double? value, int digits) => value is { } number ? Math.Round(number, digits) : null;
}
