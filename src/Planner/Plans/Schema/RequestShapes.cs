using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;

namespace Planner.Plans.Schema;

using static Shapes;

/// <summary>Sections request and inputs: what <see cref="PlanFileWriter.Request"/> and <see cref="PlanFileWriter.Inputs"/> write.</summary>
internal static class RequestShapes
{
    private static readonly Shape Counts = Rows(Count, least: 1);

    private static readonly Shape Names = Rows(Name, least: 1);

    private static readonly ObjectShape Pins = Object(
        Optional("tp", Counts),
        Optional("cp", Counts),
        Optional("pp", Counts),
        Optional("vpp", Counts),
        Optional("ep", Counts),
        Optional("dp", Counts),
        Optional("micro_batch", Counts),
        Optional("schedule", Names),
        Optional("recompute", Names),
        Optional("uniform_recompute", Rows(Words("true"), least: 1), "All stages follow one policy."),
        Optional("sharding", Rows(Words<Sharding>(PlanWords.Of), least: 1)));

    private static readonly ObjectShape All = Object(
        Needed("model", Name),
        Needed("hardware", Name),
        Needed("stack", Name),
        Needed("gpus", Count),
        Needed("sequence_length", Count),
        Needed("global_batch", Count),
        Needed("precision", Words<Precision>(PlanWords.Of)),
        Needed("tp_policy", Words<TensorPolicy>(PlanWords.Of)),
        Needed("pins", Pins, "Degrees and choices the user fixed, with the values allowed."),
        Needed("memory_limit_gib", Positive),
        Needed("objective", Words<Objective>(PlanWords.Of)),
        Optional("max_step_increase_percent", NotNegative, "Only under objectives memory and pareto."),
        Optional("train", Words(PlanWords.Of(Trainable.Lora)), "Only where less than all is trained."),
        Optional("load_factor", Factor, "Only where the user gave one."),
        Optional("loads", Text, "File of measured expert loads; only where the user gave one."),
        Optional("workload", Text, "Rows taken of it; only where it names workloads."),
        Optional("replicas", Count, "Copies of experts beyond the first; only where the user asked for some."),
        Optional("pairs", Text, "File of expert pairs; only where the user gave one."),
        Optional("excluded_nodes", Rows(Index, least: 1), "Nodes of gpus that are broken, from 0, ascending; only where the user named some. The plan then takes as many of the others as it can use."),
        Optional("spare_nodes", Count, "Nodes of gpus kept back; only where the user asked for some."),
        Optional("robust", Flag, "Only where true."),
        Optional("extrapolate", Flag, "Only where true."));

    public static NamedShape Request { get; } = new("request", All, "What was asked, defaults filled in.");

    /// <summary>Of a table, whose rows say how many GPUs and sequences.</summary>
    public static NamedShape SweepRequest { get; } = new(
        "sweep_request", All with { Members = [.. All.Members.Where(member => member.Name is not ("gpus" or "global_batch"))] }, "What was asked of every row.");

    public static NamedShape Inputs { get; } = new("inputs", Object(
        Needed("model", CommonShapes.Digest),
        Needed("hardware", CommonShapes.Digest),
        Needed("stack", CommonShapes.Digest),
        Optional("loads", CommonShapes.Digest),
        Optional("pairs", CommonShapes.Digest)), "SHA-256 of the canonical form of each input.");
}
