using System.Globalization;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Schedules;
using Planner.Cost.Stacks;
using Planner.Inputs;
using Planner.Plans;
using Planner.Search;

namespace Planner.Validation;

/// <summary>The degrees and choices of a row, or why they cannot be.</summary>
internal static class RunLayout
{
    private const string Unknown = "unknown";

    /// <summary>The layout of a row.</summary>
    /// <param name="run">The row.</param>
    /// <param name="model">Its model.</param>
    /// <param name="batch">Sequences a step.</param>
    /// <param name="sequence">Tokens a sequence.</param>
    /// <param name="stack">Its software: what it means by selective recomputation, where its experts may lie.</param>
    /// <param name="open">Receives what the row leaves open.</param>
    public static Found<LayoutSpec> Of(MeasuredRun run, ModelSpec model, int batch, int sequence, StackSpec stack, DefaultedInputs open)
    {
        var degrees = DegreesOf(run, model, open);
        if (Objection(run, degrees, model, sequence, stack.FoldedExperts) is { } objection) return Found<LayoutSpec>.Not(objection);
        var size = open.Or(run.MicroBatch, "micro_batch", 1);
        if ((long)degrees.Data * size is var step && batch % step != 0)
            return Not($"global_batch {batch} is not a multiple of dp {degrees.Data} x micro_batch {size}");
        var schedule = ScheduleOf(run, degrees, open);
        if (schedule.Reason is { } noSchedule) return Found<LayoutSpec>.Not(noSchedule);
        if (schedule.Value is Interleaved == false) degrees = degrees with { Virtual = 1 };
        var microBatches = batch / (degrees.Data * size);
        var shape = new PipelineShape(degrees.Pipeline, degrees.Virtual, microBatches);
        if (schedule.Value!.Objection(shape) is { } cannot) return Found<LayoutSpec>.Not(cannot.TrimEnd('.'));
        var stages = schedule.Value.Stages(shape);
        if (LegalityRules.StagesObjection(model, stages) is not null) return Not($"{stages} stages for {model.Layers.Length} layers: pp and vpp are too large");
        var recompute = RecomputeOf(run, (model.Layers.Length + stages - 1) / stages, stack.Selective, open);
        if (recompute.Reason is { } noPolicy) return Found<LayoutSpec>.Not(noPolicy);
        return ShardingOf(run, open) is { } sharding
            ? new LayoutSpec(degrees, size, microBatches, schedule.Value, recompute.Value!, sharding)
            : Not($"sharding {OneLine.Quote(run.Sharding)} is not known; allowed: {OneLine.List(PlanWords.All<Sharding>(PlanWords.Of))}");
    }

    private static Degrees DegreesOf(MeasuredRun run, ModelSpec model, DefaultedInputs open)
    {
        var tensor = open.Or(run.Tensor, "tp", 1);
        var context = open.Or(run.Context, "cp", 1);
        var pipeline = open.Or(run.Pipeline, "pp", 1);
        var chunks = open.Or(run.Virtual, "vpp", 1, matters: pipeline > 1);
        var expert = open.Or(run.Expert, "ep", 1, matters: model.Moe is not null);
        if (model.Moe is not null && run.ExpertTensor is null) open.Add("etp", "1");
        var inner = (long)tensor * context * pipeline;
        var rest = run.Gpus is { } gpus && gpus % inner == 0 ? (int)(gpus / inner) : 1;
        return new Degrees(open.Or(run.Data, "dp", rest), tensor, pipeline, expert, context, chunks);
    }

    private static string? Objection(MeasuredRun run, Degrees degrees, ModelSpec model, int sequence, bool folded)
    {
        var (dp, tp, pp, ep, cp, _) = degrees;
        var product = (double)dp * tp * pp * cp;
        var gpus = run.Gpus ?? product;
        if (gpus > PlanningLimit) return Text($"{gpus} GPUs are more than anybody has");
        if (product != gpus) return Text($"tp {tp} x cp {cp} x pp {pp} x dp {dp} = {product}, not the {gpus} of num_gpus");
        if (run.Nodes is { } nodes && run.GpusPerNode is { } each && (double)nodes * each != gpus)
            return Text($"nodes {nodes} x gpus_per_node {each} are not the {gpus} of num_gpus");
        if (model.Moe is null && ep > 1) return Text($"ep {ep}, but {run.Model} has no experts");
        if (run.ExpertTensor > 1) return Text($"etp {run.ExpertTensor}: tensor parallelism inside experts is not modelled");
        if (model.Moe is { } moe && moe.Experts % ep != 0) return Text($"ep {ep} does not divide the {moe.Experts} experts of {run.Model}");
        if (degrees.ExpertRoom(folded) % ep != 0)
        {
            return degrees.ExpertRoom(true) % ep == 0
                ? Text($"ep {ep} spans tensor ranks (dp {dp} x cp {cp} = {dp * cp}), which this software does not do")
                : Text($"ep {ep} does not divide {(folded ? Text($"dp {dp} x cp {cp} x tp {tp}") : Text($"dp {dp} x cp {cp}"))} = {degrees.ExpertRoom(folded)}");
        }

        if (!LegalityRules.TensorFits(model, tp)) return Text($"tp {tp} does not divide the heads and widths of {run.Model}");
        return LegalityRules.ContextFits(sequence, cp) ? null : Text($"sequence_length {sequence} is not a multiple of 2 x cp {cp}");
    }

    private static Found<ISchedule> ScheduleOf(MeasuredRun run, Degrees degrees, DefaultedInputs open)
    {
        var name = run.Schedule;
        if (name is "" or Unknown)
        {
            name = degrees.Virtual > 1 ? "interleaved" : "1f1b";
            if (degrees.Pipeline > 1) open.Add("schedule", name);
        }

        if (name == "none" && degrees.Pipeline > 1) return Found<ISchedule>.Not(Text($"schedule none, but pp {degrees.Pipeline}"));
        if (name == "none") name = "1f1b";

        // Nobody says how many chunks: one, which is 1F1B.
        if (name == "interleaved" && run.Virtual is null) name = "1f1b";
        if (ScheduleCatalog.Find(name) is not { } schedule)
        {
            string[] known = ["none", .. ScheduleCatalog.All.Select(each => each.Name)];
            return Found<ISchedule>.Not($"schedule {OneLine.Quote(name)} is not known.{NearestNames.Hint(name, known)}".TrimEnd('.'));
        }

        return degrees.Virtual > 1 && schedule is not Interleaved
            ? Found<ISchedule>.Not(Text($"vpp {degrees.Virtual} needs the interleaved schedule, not {run.Schedule}"))
            : new Found<ISchedule>(schedule, null);
    }

    private static Found<RecomputePolicy> RecomputeOf(MeasuredRun run, int layersOfStage, RecomputeModules selective, DefaultedInputs open)
    {
        switch (run.Recompute)
        {
            case "" or Unknown:
                open.Add("recompute", RecomputePolicy.None.Name);
                return RecomputePolicy.None;
            case "none":
                return RecomputePolicy.None;
            case "full":
                return RecomputePolicy.Full;
            case "selective":
                return new RecomputePolicy("selective", selective);
        }

        if (run.Recompute.StartsWith("full:", StringComparison.Ordinal))
        {
            if (!int.TryParse(run.Recompute.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var layers))
                return Found<RecomputePolicy>.Not($"recompute {OneLine.Quote(run.Recompute)} is not full:N");
            return layers >= layersOfStage
                ? RecomputePolicy.Full
                : Found<RecomputePolicy>.Not(Text($"recompute full:{layers} with {layersOfStage} layers a stage: a choice per layer is not supported yet"));
        }

        try
        {
            return RecomputePolicies.Named(run.Recompute, []);
        }
        catch (InputException)
        {
            return Found<RecomputePolicy>.Not(
                $"recompute {OneLine.Quote(run.Recompute)} is not known; allowed: none, full, full:N, selective, or modules of Megatron-LM joined by +");
        }
    }

    private static Sharding? ShardingOf(MeasuredRun run, DefaultedInputs open)
    {
        if (run.Sharding is not ("" or Unknown)) return PlanWords.Parse<Sharding>(run.Sharding, PlanWords.Of);
        open.Add("sharding", PlanWords.Of(Sharding.None));
        return Sharding.None;
    }

    // More than any machine has, and few enough that products of degrees stay whole numbers.
    private const double PlanningLimit = 10_000_000;

    private static Found<LayoutSpec> Not(FormattableString reason) => Found<LayoutSpec>.Not(Text(reason));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
