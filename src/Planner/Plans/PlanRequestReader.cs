using System.Collections.Immutable;
using System.Text.Json;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Units;
using Planner.Planning;

namespace Planner.Plans;

/// <summary>Reads the request and the digests of a plan file: what <see cref="PlanFileWriter.Request"/> and <see cref="PlanFileWriter.Inputs"/> wrote.</summary>
internal static class PlanRequestReader
{
    /// <param name="request">The request.</param>
    /// <param name="pins">What it fixed.</param>
    /// <param name="tokens">Tokens of the run, which the file keeps with the estimate.</param>
    public static PlanRequest Request(JsonPlace request, PlanPins pins, double? tokens) => new(
        request.Text("model"),
        request.Text("hardware"),
        request.Text("stack"),
        request.Whole("gpus"),
        request.Whole("sequence_length"),
        request.Whole("global_batch"),
        request.Word<Precision>("precision", PlanWords.Of),
        request.Word<TensorPolicy>("tp_policy", PlanWords.Of),
        pins.ByName(),
        Bytes.FromGib(request.Number("memory_limit_gib")),
        request.NumberOrNull("load_factor"),
        tokens,
        request.Word<Objective>("objective", PlanWords.Of),
        request.Flag("extrapolate"))
    {
        StepIncrease = (request.NumberOrNull("max_step_increase_percent", least: 0) ?? 0) / 100,
        Trainable = request.MemberOrNull("train") is null ? Trainable.All : request.Word<Trainable>("train", PlanWords.Of),
        Robust = request.Flag("robust"),
        Nodes = Nodes(request),
        Experts = request.TextOrNull("loads") is { } loads
            ? new ExpertRequest(loads, request.TextOrNull("workload"), request.TextOrNull("pairs"), request.WholeOrNull("replicas") ?? 0)
            : null,
    };

    /// <summary>What the request fixed.</summary>
    public static PlanPins Pins(JsonPlace request)
    {
        var pins = request.Member("pins");
        return new PlanPins(
            Wholes("tp"),
            Wholes("cp"),
            Wholes("pp"),
            Wholes("vpp"),
            Wholes("ep"),
            Wholes("dp"),
            Wholes("micro_batch"),
            [.. Values("schedule").Select(value => value.Text())],
            [.. Values("recompute").Select(value => value.Text())],
            [.. Values("sharding").Select(value => value.Word<Sharding>(PlanWords.Of))])
        {
            UniformRecompute = Values("uniform_recompute").Any(value => value.Text() == "true" ? true : throw value.Wrong("only \"true\" is allowed")),
        };

        ImmutableArray<int> Wholes(string name) => [.. Values(name).Select(value => value.Whole())];

        IEnumerable<JsonPlace> Values(string name) => pins.MemberOrNull(name) is null ? [] : pins.Rows(name);
    }

    public static PlanInputs Inputs(JsonPlace inputs) => new(inputs.Text("model"), inputs.Text("hardware"), inputs.Text("stack"))
    {
        Loads = inputs.TextOrNull("loads"),
        Pairs = inputs.TextOrNull("pairs"),
    };

    private static NodeLimits Nodes(JsonPlace request)
    {
        var excluded = request.MemberOrNull("excluded_nodes") is null ? [] : request.Rows("excluded_nodes");
        var nodes = excluded.Select(node => node.Element.ValueKind == JsonValueKind.Number && node.Element.TryGetInt32(out var number) && number >= 0
            ? number
            : throw node.Wrong($"{node.Shown()} is not the number of a node, from 0")).ToList();
        return new NodeLimits([.. nodes.Distinct().Order()], request.WholeOrNull("spare_nodes") ?? 0);
    }
}
