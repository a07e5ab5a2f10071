using System.Text.Json;

namespace Planner.Plans;

/// <summary>The plan file's robustness section.</summary>
internal static class RobustJson
{
    public static void Write(Utf8JsonWriter json, Robustness robust)
    {
        json.WriteNumber("draws", robust.Draws);
        json.WriteNumber("corners", robust.Corners);
        json.WriteNumber("layouts", robust.Layouts);
        json.WriteNumber("constants", robust.Constants);
        json.Rounded("near_percent", robust.WithinShare * 100);
        json.Object("plan", inner =>
        {
            Shares(inner, robust.Plan);
            if (robust.Outgrows is { } flip) Turn(inner, "no_longer_fits", flip);
        });
        json.Rows("members", robust.Members, (row, member) =>
        {
            row.Object("degrees", inner => PlanFileWriter.Degrees(inner, member.Layout.Degrees));
            row.WriteString("schedule", member.Layout.Schedule.Name);
            row.WriteNumber("micro_batch", member.Layout.MicroBatch);
            row.WriteString("recompute", member.Layout.Recompute.Name);
            Shares(row, member);
            if (member.Flip is { } flip) Turn(row, "overtakes", flip);
        });
        if (robust.Measure is { } measure)
        {
            json.Object("measure", inner =>
            {
                inner.WriteString("constant", measure.Constant);
                inner.Rounded("taken", measure.Now);
                inner.Rounded("low", measure.Low);
                inner.Rounded("high", measure.High);
                inner.Rounded("swing_percent", measure.Swing * 100);
            });
        }

        if (robust.Chosen is not { } chosen) return;
        json.Object("chosen", inner =>
        {
            inner.Rounded("fastest_s", chosen.Fastest.Value);
            inner.Rounded("fastest_worst_regret", chosen.FastestWorstRegret);
            inner.Rounded("fastest_fits_share", chosen.FastestFits);
        });
    }

    private static void Turn(Utf8JsonWriter json, string name, Flip flip) => json.Object(name, inner =>
    {
        inner.WriteString("constant", flip.Constant);
        inner.Rounded("taken", flip.Now);
        inner.Rounded("at", flip.At);
    });

    private static void Shares(Utf8JsonWriter json, RobustMember member)
    {
        json.Rounded("near_share", member.Within);
        json.Rounded("fits_share", member.Fits);
        json.Rounded("worst_regret", member.WorstRegret);
        json.Rounded("mean_regret", member.MeanRegret);
    }
}
