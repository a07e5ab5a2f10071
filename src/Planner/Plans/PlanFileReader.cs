using System.Text;
using System.Text.Json;
using Planner.Cost.Layout;
using Planner.Inputs;
using Planner.Planning;
using Planner.Plans.Metrics;
using Planner.Plans.Schema;

namespace Planner.Plans;

/// <summary>
/// Reads what <see cref="PlanFileWriter"/> wrote. A newer minor version is read and its unknown keys are skipped, in a known one they are refused; a newer
/// major version is refused.
/// </summary>
public static class PlanFileReader
{
    public static SavedPlan ReadFile(string path) => Read(InputText.Read(path, FileKind.Plan));

    /// <summary>Reads a stream to its end; <paramref name="name"/> is what errors call it.</summary>
    public static SavedPlan Read(Stream stream, string name) => Read(InputText.Read(stream, name, FileKind.Plan));

    /// <summary>Reads text.</summary>
    public static SavedPlan Read(string text, string name) => Read(new InputText(name, Encoding.UTF8.GetBytes(text)));

    private static SavedPlan Read(InputText text)
    {
        StrictJson.Check(text.Bytes, text.Name);
        using var document = JsonDocument.Parse(text.Bytes);
        var plan = new JsonPlace(text.Name, "", document.RootElement);
        if (plan.TextOrNull("schema_version") is not { } version)
            throw new RefusedException($"{text.Name} is no plan file: it has no schema_version; give a file of planner solve -o");
        return Plan(plan, SchemaVersion(version, text.Name), JsonOutline.Of(text.Bytes));
    }

    private static Version SchemaVersion(string text, string name)
    {
        if (!Version.TryParse(text, out var version) || version.Build >= 0 || version.Major < 1)
            throw new RefusedException($"{name}: schema_version {OneLine.Quote(OneLine.Of(text))} is not a version such as {PlanFileWriter.SchemaVersion}");
        if (version.Major > 1)
            throw new RefusedException($"{name}: schema_version {version} is newer than this planner reads (1.x); use a newer planner");
        return version;
    }

    private static SavedPlan Plan(JsonPlace plan, Version version, JsonOutline outline)
    {
        RefuseOtherResults(plan);
        if (version <= Version.Parse(PlanFileWriter.SchemaVersion)) UnknownMembers.Refuse(plan, PlanSchema.Plan);
        var request = plan.Member("request");
        var decisions = plan.Member("decisions");
        var degrees = Degrees(decisions.Member("degrees"));
        var microBatches = decisions.Whole("micro_batches");
        var stages = SavedStages.Read(decisions, degrees, microBatches);
        var pins = new PlanPins(
            [degrees.Tensor],
            [degrees.Context],
            [degrees.Pipeline],
            [degrees.Virtual],
            [degrees.Expert],
            [degrees.Data],
            [decisions.Whole("micro_batch")],
            [decisions.Text("schedule")],
            stages.Recompute.IsEmpty ? [decisions.Text("recompute")] : [.. stages.Recompute.Distinct()],
            [decisions.Word<Sharding>("sharding", PlanWords.Of)]);
        var asked = PlanRequestReader.Pins(request);
        var saved = new SavedPlan(
            PlanRequestReader.Request(request, asked, plan.Member("estimate").MemberOrNull("run")?.NumberOrNull("tokens")),
            asked,
            PlanRequestReader.Inputs(plan.Member("inputs")),
            pins,
            microBatches,
            stages.Letters,
            outline)
        {
            SchemaVersion = version,
            StageRecompute = stages.Recompute,
            Experts = ExpertsJson.Read(decisions, degrees.Expert),
        };
        CheckDegrees(decisions, saved);
        CheckMetrics(plan, saved);
        return saved;
    }

    private static void RefuseOtherResults(JsonPlace plan)
    {
        (string Key, string What)[] others =
        [
            ("front", "a front of plans (--objective pareto)"),
            ("sweep", "a table of plans (several --gpus or --batch)"),
            ("infeasible", "the answer that there is no plan"),
        ];
        foreach (var (key, what) in others)
            if (plan.MemberOrNull(key) is not null) throw new RefusedException($"{plan.File} holds {what}, not one plan; give a file of planner solve -o for one");
    }

    private static Degrees Degrees(JsonPlace degrees)
    {
        if (degrees.WholeOrNull("etp") is not (null or 1)) throw degrees.Member("etp").Wrong("experts are not cut by tensor parallelism here; only 1 is allowed");
        return new Degrees(degrees.Whole("dp"), degrees.Whole("tp"), degrees.Whole("pp"), degrees.Whole("ep"), degrees.Whole("cp"), degrees.Whole("vpp"));
    }

    private static void CheckDegrees(JsonPlace decisions, SavedPlan saved)
    {
        var (degrees, gpus) = (saved.Degrees, saved.Request.Gpus);
        var product = (Int128)degrees.Tensor * degrees.Context * degrees.Pipeline * degrees.Data;
        if (saved.Request.Nodes.Any ? product > gpus : product != gpus)
            throw decisions.Member("degrees").Wrong(FormattableString.Invariant($"tp x cp x pp x dp = {product}, but the request has {gpus} gpus"));
    }

    // What is compared must be a number; without a step there is nothing to compare.
    private static void CheckMetrics(JsonPlace plan, SavedPlan saved)
    {
        plan.Member("estimate").Number("step_s");
        foreach (var metric in MetricCatalog.All.Where(metric => metric.In(saved) is null && saved.Outline.Json(metric.Path) is not null))
        {
            var place = metric.Path.Split('.').Aggregate(plan, (outer, key) => outer.Member(key));
            throw place.Wrong($"{place.Shown()} is not a number");
        }
    }
}
