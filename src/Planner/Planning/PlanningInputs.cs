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

    /// <summary>GPUs to train on: those of the cluster, or of the nodes that the job takes.</summary>
    public int JobGpus => Request.Nodes.Any ? Machine.Spec.Cluster!.JobGpus : Request.Gpus;

    /// <summary>Nodes that the job takes; 0 where the cluster is not known.</summary>
    public int JobNodes => Machine.Spec.Cluster?.JobNodes ?? 0;

    /// <summary>No step is below this on all nodes that are left; see <see cref="JobSize"/>.</summary>
    public Seconds? AllNodes { get; init; }

    public PlanInputs Digests => new(Model.Digest, Machine.Digest, Stack.Digest) { Loads = Experts?.Loads?.Digest, Pairs = Experts?.Pairs?.Digest };

    /// <summary>The same on fewer nodes of the cluster.</summary>
    public PlanningInputs On(int nodes) => this with { Machine = On(Machine, Machine.Spec.Cluster! with { JobNodes = nodes }) };

    /// <summary>The same for a plan of so many GPUs, which the nodes left must hold.</summary>
    public PlanningInputs Holding(int gpus)
    {
        if (!Request.Nodes.Any) return this;
        var cluster = Machine.Spec.Cluster!;
        if (gpus % cluster.NodeGpus == 0 && gpus / cluster.NodeGpus <= cluster.Left) return On(gpus / cluster.NodeGpus);
        throw new RefusedException(
            $"the plan takes {gpus} GPUs; {cluster.Excluded.Length} nodes excluded and {cluster.Spares} kept spare leave {cluster.Left * cluster.NodeGpus} of {Request.Gpus}; plan again with planner solve");
    }

    /// <summary>The same with another knowledge of the experts.</summary>
    public PlanningInputs With(ExpertInputs experts) => this with { Experts = experts, Workload = experts.On(Workload) };

    /// <summary>Reads the files and refuses what they contradict.</summary>
    /// <param name="asked">The command line.</param>
    /// <param name="catalogs">Models, machines and stacks.</param>
    public static PlanningInputs Load(SolveRequest asked, InputCatalogs catalogs)
    {
        var model = catalogs.Model(asked.Model);
        var machine = catalogs.Machine(asked.Hardware);
        var stack = catalogs.Stack(asked.Stack ?? model.Defaults.Stack);
        var precision = asked.Precision ?? model.Defaults.Precision;
        CheckRates(machine, stack, precision);
        CheckGpus(asked.Gpus, machine);
        if (ClusterOfRequest.Of(asked.Gpus, asked.Nodes, machine.Spec) is { } cluster) machine = On(machine, cluster);
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
            Limit(asked.MemoryLimit, machine.Spec.Accelerator.Memory),
            asked.LoadFactor,
            asked.Tokens ?? model.Defaults.Tokens,
            asked.Objective,
            asked.Extrapolate)
        {
            StepIncrease = asked.StepIncrease,
            Trainable = asked.Trainable,
            Robust = asked.Robust,
            Nodes = asked.Nodes,
        };
        CheckLimit(request.MemoryLimit, stack);
        var inputs = new PlanningInputs(
            request, model, machine, stack, new Workload(request.SequenceLength, request.GlobalBatch, precision, asked.LoadFactor) { Trainable = asked.Trainable });
        return ExpertInputs.Load(asked, model.Spec) is { } experts
            ? inputs.With(experts) with { Request = request with { Experts = Named(experts) } }
            : inputs;
    }

    private static LoadedMachine On(LoadedMachine machine, ClusterSpec cluster)
    {
        var drawn = machine.With;
        return machine with { Spec = machine.Spec with { Cluster = cluster }, With = values => drawn(values) with { Cluster = cluster } };
    }

    // As the plan records it: names of files, not where they lie.
    private static ExpertRequest? Named(ExpertInputs experts) =>
        experts.Loads is { } loads ? new ExpertRequest(loads.Name, loads.Workload, experts.Pairs?.Name, experts.Replicas) : null;

    // A limit out of a plan file has six digits: where they are the machine's memory, that is what was meant.
    private static Bytes Limit(Bytes? asked, Bytes memory) =>
        asked is not { } limit || SixDigits.Round(limit.Gib).Equals(SixDigits.Round(memory.Gib)) ? memory : limit;

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
