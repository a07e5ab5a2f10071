namespace Planner.Plans.Schema;

using static Shapes;

/// <summary>Section robustness of a plan: what <see cref="RobustJson"/> writes.</summary>
internal static class RobustShapes
{
    public static NamedShape Turn { get; } = new("turn", Object(
        Needed("constant", Text),
        Needed("taken", Number),
        Needed("at", Number)), "A constant at whose value, the others left as they are, this happens.");

    public static NamedShape Robustness { get; } = new(
        "robustness",
        Object(
            Needed("draws", Count),
            Needed("corners", Index),
            Needed("layouts", Count),
            Needed("constants", Index),
            Needed("near_percent", NotNegative),
            Needed("plan", Object(
                Needed("near_share", Share),
                Needed("fits_share", Share),
                Needed("worst_regret", NotNegative),
                Needed("mean_regret", NotNegative),
                Optional("no_longer_fits", Turn))),
            Needed("members", Rows(Object(
                Needed("degrees", CommonShapes.Degrees),
                Needed("schedule", Text),
                Needed("micro_batch", Count),
                Needed("recompute", Text),
                Needed("near_share", Share),
                Needed("fits_share", Share),
                Needed("worst_regret", NotNegative),
                Needed("mean_regret", NotNegative),
                Optional("overtakes", Turn)))),
            Optional("measure", Object(
                Needed("constant", Text),
                Needed("taken", Number),
                Needed("low", Number),
                Needed("high", Number),
                Needed("swing_percent", NotNegative))),
            Optional("chosen", Object(
                Needed("fastest_s", Positive),
                Needed("fastest_worst_regret", NotNegative),
                Needed("fastest_fits_share", Share)), "Only where the plan was chosen by regret.")),
        "How the plan and its tie set fare when constants with a range take other values; absent where nothing is near or nothing has a range.");
}
