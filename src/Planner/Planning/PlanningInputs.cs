using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Units;
using Planner.Inputs;
using Planner.Plans;

namespace Planner.Planning;

/// <summary>A request with its files read and its defaults filled in.</summary>
/// <param name="Request">As the plan records it.</param>
/// <param name="Model">Model file.</param>
/// <param name="Machine">Hardware file.</param>
/// <param name="Stack">Stack file.</param>
/// <param name="Workload">What a step trains on.</param>
internal sealed record PlanningInputs(PlanRequest Request, LoadedModel Model, LoadedMachine Machine, LoadedStack Stack, Workload Workload)
{
    /// <summary>Load of the experts; null where nothing is known of it.</summary>
    public ExpertInputs? Experts { get; init; }

    public PlanInputs Digests => new(Model.Digest, Machine.Digest, Stack.Digest) { Loads = Experts?.Loads?.Digest, Pairs = Experts?.Pairs?.Digest };

    /// <summary>The same with another knowledge of the experts.</summary>
    public PlanningInputs With(ExpertInputs experts) => this with { Experts = experts, Workload = experts.On(Workload) };

    /// <summary>Reads the files and refuses what they contradict.</summary>
    /// <param name="asked">The command line.</param>
    /// <param name="data">Data folder; null takes the shipped one.</param>
    public static PlanningInputs Load(SolveRequest asked, string? data)
    {
        var model = new ModelCatalog(data).Load(asked.Model);
        var machine = new HardwareCatalog(data).Load(asked.Hardware);
        var stack = new StackCatalog(data).Load(asked.Stack ?? model.Defaults.Stack);
        var precision = asked.Precision ?? model.Defaults.Precision;
        CheckRates(machine, stack, precision);
        CheckGpus(asked.Gpus, machine);
        if (asked.Robust) CheckRanges(machine, stack);
        var request = new PlanRequest(
            model.Spec.Name,
            machine.Spec.Name,
            stack.Spec.Name,
            asked.Gpus,
            asked.Sequence ?? model.Defaults.SequenceLength,
            asked.Batch ?? model.Defaults.GlobalBatch,
            precision,
            asked.TensorPolicy,
            asked.Pins.ByName(),
            asked.MemoryLimit ?? machine.Spec.Accelerator.Memory,
            asked.LoadFactor,
            asked.Tokens ?? model.Defaults.Tokens,
            asked.Objective,
            asked.Extrapolate)
        {
            StepIncrease = asked.StepIncrease,
            Trainable = asked.Trainable,
            Robust = asked.Robust,
        };
        CheckLimit(request.MemoryLimit, stack);
        var inputs = new PlanningInputs(
            request, model, machine, stack, new Workload(request.SequenceLength, request.GlobalBatch, precision, asked.LoadFactor) { Trainable = asked.Trainable });
        return ExpertInputs.Load(asked, model.Spec) is { } experts
            ? inputs.With(experts) with { Request = request with { Experts = Named(experts) } }
            : inputs;
    }

    // As the plan records it: names of files, not where they lie.
    private static ExpertRequest? Named(ExpertInputs experts) =>
        experts.Loads is { } loads ? new ExpertRequest(loads.Name, loads.Workload, experts.Pairs?.Name, experts.Replicas) : null;

    private static void CheckRates(LoadedMachine machine, LoadedStack stack, Precision precision)
    {
        var accelerator = machine.Spec.Accelerator;
        if (stack.Spec.For(accelerator.Architecture) is not { } rates)
        {
            throw new RefusedException(
                $"stack {stack.Spec.Name} has no kernel rates for {accelerator.Architecture} ({machine.Spec.Name}); "
                + $"it has {OneLine.List(stack.Spec.Rates.Select(known => known.Architecture))}; try another --stack");
        }

        if (accelerator.Peak(precision).Value > 0 && rates.Gemm.ContainsKey(precision)) return;
        var allowed = Enum.GetValues<Precision>().Where(p => accelerator.Peak(p).Value > 0 && rates.Gemm.ContainsKey(p)).Select(PlanWords.Of);
        throw new RefusedException(
            $"{machine.Spec.Name} with stack {stack.Spec.Name} cannot train in {PlanWords.Of(precision)}; allowed: {OneLine.List(allowed)}; try --precision");
    }

    private static void CheckRanges(LoadedMachine machine, LoadedStack stack)
    {
        if (machine.Spec.Constants.Concat(stack.Spec.Constants).Any(constant => constant.Range is not null)) return;
        throw new RefusedException(
            $"--robust: no constant of stack {stack.Spec.Name} or of {machine.Spec.Name} has a range; add \"range\": [low, high] to those you doubt");
    }

    private static void CheckGpus(int gpus, LoadedMachine machine)
    {
        var node = machine.Spec.Node.Gpus;
        if (gpus <= node || gpus % node == 0) return;
        var below = gpus / node * node;
        throw new RefusedException(
            $"--gpus {gpus}: beyond one node of {machine.Spec.Name} ({node} GPUs) only whole nodes are planned; try {below} or {below + node}");
    }

    private static void CheckLimit(Bytes limit, LoadedStack stack)
    {
        if (limit > stack.Spec.Memory.Reserve) return;
        throw new RefusedException(
            FormattableString.Invariant($"--memory-limit {limit.Gib:0.###} GiB is not more than the {stack.Spec.Memory.Reserve.Gib:0.###} GiB that stack {stack.Spec.Name} keeps for itself; give more"));
    }
}
