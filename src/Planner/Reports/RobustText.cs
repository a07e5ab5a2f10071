using Planner.Plans;

namespace Planner.Reports;

/// <summary>How firm the order near the plan is when constants take other values of their ranges.</summary>
internal static class RobustText
{
    private const int MembersNamed = 4;

    public static void Write(TextLines lines, Plan plan)
    {
        if (plan.Robustness is not { } robust) return;
        var near = $"within {Whole(robust.WithinShare)} of the best in";
        lines.Sentence(
            "robust",
            $"this plan is {near} {Whole(robust.Plan.Within)} of {robust.Draws} draws of the {Quantity.Of(robust.Constants, "uncertain constant")} that matter here"
            + Unfit(robust.Plan) + (robust.Outgrows is { } outgrows ? $"; it no longer fits {With(outgrows)}" : ""));
        if (robust.Chosen is { } chosen)
        {
            lines.Sentence(
                "",
                $"chosen of {Quantity.Of(robust.Layouts, "layout")} for the smallest worst regret over those draws and {Quantity.Of(robust.Corners, "corner")}: "
                + $"at most {Quantity.Percent(robust.Plan.WorstRegret)} above the best where it fits; {Fastest(robust, chosen)}");
        }

        foreach (var member in robust.Members.Take(MembersNamed))
            lines.Sentence("", $"{LayoutText.Short(member.Layout)}: {near} {Whole(member.Within)}{Unfit(member)}; {Overtakes(robust.Plan, member)}");
        if (robust.Measure is { } measure)
        {
            lines.Sentence(
                "measure",
                $"{measure.Constant}, taken as {Quantity.Short(measure.Now)}, may be {Quantity.Short(measure.Low)} to {Quantity.Short(measure.High)}: "
                + $"it alone moves {LayoutText.Short(measure.Layout)} by {Quantity.Percent(measure.Swing)} against this plan");
        }
    }

    private static string Fastest(Robustness robust, RobustChosen chosen) => robust.Plan.Step <= chosen.Fastest
        ? "it is the fastest as the constants stand, too"
        : $"the fastest ({Quantity.Time(chosen.Fastest)}) {Quantity.Percent(chosen.FastestWorstRegret)}"
            + (chosen.FastestFits < Planning.Regrets.EnoughFit ? $", and it does not fit in {Whole(1 - chosen.FastestFits)}, more than the 10 % that would do" : "");

    private static string Overtakes(RobustMember plan, RobustMember member) => member.Flip is { } flip
        ? $"overtakes {With(flip)}"
        : member.Step < plan.Step ? "faster as the constants stand" : "no constant alone lets it overtake";

    private static string With(Flip flip) =>
        $"with {flip.Constant} {(flip.At < flip.Now ? "below" : "above")} {Quantity.Number(flip.At, 3)} (taken: {Quantity.Short(flip.Now)})";

    private static string Unfit(RobustMember member) => member.Fits < 1 ? $", fits the memory in {Whole(member.Fits)}" : "";

    private static string Whole(double share) => Quantity.Fixed(share * 100, 0) + " %";
}
