using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Units;
using Planner.Planning;

namespace Planner.Plans;

/// <summary>Reads what <see cref="PlanFileWriter"/> wrote. A newer minor version is read and its unknown keys are skipped; a newer major version is refused.</summary>
public static class PlanFileReader
{
    public static SavedPlan ReadFile(string path)
    {
        try
        {
            return Read(File.ReadAllText(path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"cannot read the plan '{path}': {error.Message}; give a file of planner solve -o");
        }
    }

    /// <summary>Reads text; <paramref name="name"/> is what errors call it.</summary>
    public static SavedPlan Read(string text, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var plan = new JsonPlace(name, "", document.RootElement);
            CheckVersion(plan.Text("schema_version"), name);
            return Plan(plan);
        }
        catch (JsonException error)
        {
            var line = (error.LineNumber ?? 0) + 1;
            var column = (error.BytePositionInLine ?? 0) + 1;
            throw new RefusedException(string.Create(CultureInfo.InvariantCulture, $"{name} is not JSON: line {line}, column {column}; give a file of planner solve -o"));
        }
    }

    private static void CheckVersion(string version, string name)
    {
        var parts = version.Split('.');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) || major < 1)
            throw new RefusedException($"{name}: schema_version '{version}' is not a version such as {PlanFileWriter.SchemaVersion}");
        if (major > 1)
            throw new RefusedException($"{name}: schema_version {version} is newer than this planner reads (1.x); use a newer planner");
    }

    private static SavedPlan Plan(JsonPlace plan)
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
        var gpus = request.Whole("gpus");
        var product = (long)pins.Tensor[0] * pins.Context[0] * pins.Pipeline[0] * pins.Data[0];
        var nodes = Nodes(request);
        if (nodes.Any ? product > gpus : product != gpus) throw degrees.Wrong($"tp x cp x pp x dp = {product}, but the request has {gpus} gpus");
        return new SavedPlan(
            request.Text("model"),
            request.Text("hardware"),
            request.Text("stack"),
            gpus,
            request.Whole("sequence_length"),
            request.Whole("global_batch"),
            request.Word<Precision>("precision", PlanWords.Of),
            Bytes.FromGib(request.Number("memory_limit_gib")),
            request.NumberOrNull("load_factor"),
            plan.MemberOrNull("estimate")?.MemberOrNull("run")?.NumberOrNull("tokens"),
            request.MemberOrNull("extrapolate")?.Element.ValueKind == JsonValueKind.True,
            pins,
            decisions.Whole("micro_batches"),
            Stages(decisions))
        {
            Trainable = request.MemberOrNull("train") is null ? Trainable.All : request.Word<Trainable>("train", PlanWords.Of),
            StageRecompute = policies,
            Nodes = nodes,
            Experts = ExpertsJson.Read(decisions, pins.Expert[0]),
        };
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

    private static NodeLimits Nodes(JsonPlace request)
    {
        if (request.MemberOrNull("excluded_nodes") is null) return new NodeLimits([], request.MemberOrNull("spare_nodes") is null ? 0 : request.Whole("spare_nodes"));
        var nodes = request.Rows("excluded_nodes").Select(node => node.Element.ValueKind == JsonValueKind.Number && node.Element.TryGetInt32(out var number) && number >= 0
            ? number
            : throw node.Wrong($"{node.Element.GetRawText()} is not the number of a node, from 0")).ToList();
        return new NodeLimits([.. nodes.Distinct().Order()], request.MemberOrNull("spare_nodes") is null ? 0 : request.Whole("spare_nodes"));
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
