using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Planner.Cost.Layout;
using Planner.Planning;

namespace Planner.Plans;

/// <summary>Reads what <see cref="PlanFileWriter"/> wrote. A newer minor version is read and its unknown keys are skipped; a newer major version is refused.</summary>
public static class PlanFileReader
{
    public static SavedPlan ReadFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Read(file, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"cannot read the plan '{path}': {error.Message}; give a file of planner solve -o");
        }
    }

    /// <summary>Reads a stream to its end; <paramref name="name"/> is what errors call it.</summary>
    public static SavedPlan Read(Stream stream, string name)
    {
        using var whole = new MemoryStream();
        stream.CopyTo(whole);
        return Read(whole.ToArray(), name);
    }

    /// <summary>Reads text.</summary>
    public static SavedPlan Read(string text, string name) => Read(Encoding.UTF8.GetBytes(text), name);

    private static SavedPlan Read(byte[] utf8, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            var plan = new JsonPlace(name, "", document.RootElement);
            return Plan(plan, SchemaVersion(plan.Text("schema_version"), name), JsonOutline.Of(utf8));
        }
        catch (JsonException error)
        {
            var line = (error.LineNumber ?? 0) + 1;
            var column = (error.BytePositionInLine ?? 0) + 1;
            throw new RefusedException(string.Create(CultureInfo.InvariantCulture, $"{name} is not JSON: line {line}, column {column}; give a file of planner solve -o"));
        }
    }

    private static Version SchemaVersion(string text, string name)
    {
        if (!Version.TryParse(text, out var version) || version.Build >= 0 || version.Major < 1)
            throw new RefusedException($"{name}: schema_version '{text}' is not a version such as {PlanFileWriter.SchemaVersion}");
        if (version.Major > 1)
            throw new RefusedException($"{name}: schema_version {text} is newer than this planner reads (1.x); use a newer planner");
        return version;
    }

    private static SavedPlan Plan(JsonPlace plan, Version version, JsonOutline outline)
    {
        var request = plan.Member("request");
        var decisions = plan.Member("decisions");
        var degrees = decisions.Member("degrees");
        var policies = Policies(decisions);
        var pins = new PlanPins(
            [degrees.Whole("tp")],
            [degrees.Whole("cp")],
            [degrees.Whole("pp")],
            [degrees.Whole("vpp")],
            [degrees.Whole("ep")],
            [degrees.Whole("dp")],
            [decisions.Whole("micro_batch")],
            [decisions.Text("schedule")],
            policies.IsEmpty ? [decisions.Text("recompute")] : [.. policies.Distinct()],
            [decisions.Word<Sharding>("sharding", PlanWords.Of)]);
        var asked = PlanRequestReader.Pins(request);
        var saved = new SavedPlan(
            PlanRequestReader.Request(request, asked, plan.MemberOrNull("estimate")?.MemberOrNull("run")?.NumberOrNull("tokens")),
            asked,
            PlanRequestReader.Inputs(plan.Member("inputs")),
            pins,
            decisions.Whole("micro_batches"),
            Stages(decisions),
            outline)
        {
            SchemaVersion = version,
            StageRecompute = policies,
            Experts = ExpertsJson.Read(decisions, pins.Expert[0]),
        };
        var (product, gpus) = ((long)pins.Tensor[0] * pins.Context[0] * pins.Pipeline[0] * pins.Data[0], saved.Request.Gpus);
        if (saved.Request.Nodes.Any ? product > gpus : product != gpus) throw degrees.Wrong($"tp x cp x pp x dp = {product}, but the request has {gpus} gpus");
        return saved;
    }

    // The policy of every stage where they differ; where they do not, each must be the one of the decisions.
    private static ImmutableArray<string> Policies(JsonPlace decisions)
    {
        var one = decisions.Text("recompute");
        ImmutableArray<string> policies = [.. decisions.Rows("stages").Select(row => row.Text("recompute"))];
        if (one == RecomputePolicy.PerStageName) return policies;
        if (policies.FirstOrDefault(policy => policy != one) is { } other)
            throw decisions.Member("stages").Wrong($"a stage recomputes '{other}', but the decisions say '{one}'; make both the same, or say '{RecomputePolicy.PerStageName}'");
        return [];
    }

    // Two spellings of one thing: a hand edit of one of them must not pass unseen.
    private static ImmutableArray<string> Stages(JsonPlace decisions)
    {
        var layout = LayoutStringParser.Parse(decisions.Text("layout"));
        if (layout.Error is { } error) throw decisions.Member("layout").Wrong(error);
        var letters = decisions.Rows("stages").Select(row => row.Text("layers")).ToImmutableArray();
        if (!letters.SequenceEqual(layout.Stages)) throw decisions.Member("stages").Wrong("the stages are not those of layout; make both the same");
        return letters;
    }
}
