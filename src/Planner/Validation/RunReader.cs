using System.Globalization;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Stacks;
using Planner.Cost.Units;
using Planner.Inputs;

namespace Planner.Validation;

/// <summary>Turns a row into what the cost model takes, or says why that cannot be.</summary>
/// <param name="catalogs">Models, machines, stacks.</param>
/// <param name="forcedStack">Stack of every row; null for each row's own.</param>
/// <param name="pipelines">Pipelines.</param>
internal sealed class RunReader(RunCatalogs catalogs, string? forcedStack, BuiltPipelines pipelines)
{
    private const string Unknown = "unknown";

    public Found<RunSetup> Read(MeasuredRun run)
    {
        try
        {
            return Setup(run);
        }
        catch (InputException unusable)
        {
            return Not(unusable.Message);
        }
    }

    private Found<RunSetup> Setup(MeasuredRun run)
    {
        var open = new DefaultedInputs();
        if (run.LayersOverride.Length > 0) return Not("layers_override is not supported; give the model with fewer layers its own file");
        var model = catalogs.Model(run.Model);
        var machine = MachineOf(run, catalogs.Machine(run.Hardware).Spec);
        var found = StackOf(run, model, open);
        if (found.Reason is { } noStack) return Not(noStack);
        var stack = found.Value!.Spec;
        if (PrecisionOf(run, open) is not { } precision)
            return Not($"precision {OneLine.Quote(run.Precision)} is not known; allowed: {OneLine.List(PrecisionWords.All)}");
        if (RatesObjection(machine, stack, precision) is { } noRates) return Not(noRates);
        if (TrainableOf(run, open) is not { } trainable) return Not($"trainable {OneLine.Quote(run.Trainable)} is not known; allowed: all, lora");
        var sequence = open.Or(run.SequenceLength, "sequence_length", model.Defaults.SequenceLength);
        var batch = open.Or(run.GlobalBatch, "global_batch", model.Defaults.GlobalBatch);
        var laidOut = RunLayout.Of(run, model.Spec, batch, sequence, stack, open);
        if (laidOut.Value is not { } layout) return Not(laidOut.Reason!);
        if (run.NetworkGigabytes is null && layout.Degrees.Gpus > machine.Node.DomainGpus)
            open.Add("inter_node_gb_s_per_gpu", (machine.Network.LinkBandwidth.Value / 1e9).ToString("0.###", CultureInfo.InvariantCulture));
        var choices = Choices(run, stack, layout.Degrees.Tensor, open);
        if (choices is not { } said) return Not($"attention {OneLine.Quote(run.Attention)} is not known; allowed: flash, fused, unfused");
        var workload = new Workload(sequence, batch, precision, LoadFactor: null) { Trainable = trainable };
        if (Plausibility.Objection(run, model.Spec, machine, workload, layout.Degrees.Gpus) is { } wrong) return Not(wrong);
        if (run.MemoryGib is not null && run.MemoryKind is null) open.Add("memory_kind", "device");
        var placement = TrainerPlacement.ByRule(model.Spec, layout.Schedule.Stages(layout.Pipeline))
            ?? TrainerPlacement.BySearch(new CostModel(model.Spec, machine, said.On(stack), workload), layout, pipelines.Of(layout).Graph);
        return placement is null
            ? Not("too few layers for its stages")
            : new RunSetup(model.Spec, machine, stack, said, workload, layout, placement, open.All);
    }

    private Found<LoadedStack> StackOf(MeasuredRun run, LoadedModel model, DefaultedInputs open)
    {
        if ((forcedStack ?? (run.Stack.Length > 0 ? run.Stack : null)) is { } named) return catalogs.Stack(named);
        if (run.Software.Length > 0)
        {
            return catalogs.StackOf(run.Software) is { } stack
                ? stack
                : Found<LoadedStack>.Not(
                    $"no stack lists the software {OneLine.Quote(run.Software)}; known stacks: {OneLine.List(catalogs.StackNames)}; name one in a stack column or with --stack");
        }

        open.Add("stack", model.Defaults.Stack);
        return catalogs.Stack(model.Defaults.Stack);
    }

    // The row's network is a line rate; what collectives reach of it is the machine's share.
    private static MachineSpec MachineOf(MeasuredRun run, MachineSpec machine)
    {
        if (run.GpusPerNode is { } gpus && gpus != machine.Node.Gpus) machine = machine with { Node = machine.Node with { Gpus = gpus } };
        if (run.NetworkGigabytes is not { } gigabytes) return machine;
        var link = BytesPerSecond.FromGigabytes(gigabytes);
        var network = machine.Network;
        var reached = network.EffectiveBandwidth.Value / network.LinkBandwidth.Value;
        return machine with { Network = network with { LinkBandwidth = link, EffectiveBandwidth = new BytesPerSecond(link.Value * reached) } };
    }

    private static Precision? PrecisionOf(MeasuredRun run, DefaultedInputs open)
    {
        if (run.Precision is not ("" or Unknown)) return PrecisionWords.Find(run.Precision);
        open.Add("precision", Precision.Bf16.Word());
        return Precision.Bf16;
    }

    private static Trainable? TrainableOf(MeasuredRun run, DefaultedInputs open)
    {
        switch (run.Trainable)
        {
            case "":
                open.Add("trainable", "all");
                return Trainable.All;
            case "all":
                return Trainable.All;
            case "lora":
                return Trainable.Lora;
            default:
                return null;
        }
    }

    private static StackChoices? Choices(MeasuredRun run, StackSpec stack, int tensor, DefaultedInputs open)
    {
        AttentionKernel? attention;
        switch (run.Attention)
        {
            case "" or Unknown:
                attention = null;
                open.Add("attention", stack.Attention == AttentionKernel.Fused ? "flash" : "unfused");
                break;
            case "flash" or "fused":
                attention = AttentionKernel.Fused;
                break;
            case "unfused":
                attention = AttentionKernel.Unfused;
                break;
            default:
                return null;
        }

        if (run.SequenceParallel is null && tensor > 1) open.Add("sequence_parallel", stack.SequenceParallel ? "true" : "false");
        return new StackChoices(attention, run.SequenceParallel, run.TensorOverlap, run.ShardGroup);
    }

    private static string? RatesObjection(MachineSpec machine, StackSpec stack, Precision precision)
    {
        var accelerator = machine.Accelerator;
        if (accelerator.Peak(precision).Value <= 0) return $"{machine.Name} has no {precision.Word()}";
        if (stack.For(accelerator.Architecture) is not { } rates) return $"stack {stack.Name} has no rates for {accelerator.Architecture} ({machine.Name})";
        return rates.Gemm.ContainsKey(precision) ? null : $"stack {stack.Name} has no {precision.Word()} rates for {accelerator.Architecture} ({machine.Name})";
    }

    private static Found<RunSetup> Not(string reason) => Found<RunSetup>.Not(reason);
}
