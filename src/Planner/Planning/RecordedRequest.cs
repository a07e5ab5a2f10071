using Planner.Inputs;
using Planner.Plans;

namespace Planner.Planning;

/// <summary>What a plan file asked and decided, as it is asked again: its inputs are found where they lie today.</summary>
/// <param name="saved">The plan.</param>
/// <param name="places">Where its inputs lie.</param>
internal sealed class RecordedRequest(SavedPlan saved, InputPlaces places)
{
    /// <summary>The recorded decisions, to be estimated. What is given replaces what the file names, which then need not be found.</summary>
    /// <param name="model">Another model.</param>
    /// <param name="hardware">Another machine; the recorded memory limit is not its.</param>
    /// <param name="stack">Another stack.</param>
    public EstimateRequest Decisions(string? model = null, string? hardware = null, string? stack = null) => new(
        Asked(model, hardware, stack) with
        {
            MemoryLimit = hardware is null ? saved.Request.MemoryLimit : null,
            TensorPolicy = TensorPolicy.Pinned,
            Pins = saved.Pins,
            PlacedExperts = saved.Experts,
        },
        saved.Stages)
    {
        StageRecompute = saved.StageRecompute,
    };

    /// <summary>The recorded request, to be solved.</summary>
    public SolveRequest Question() => Asked(null, null, null) with
    {
        MemoryLimit = saved.Request.MemoryLimit,
        TensorPolicy = saved.Request.TensorPolicy,
        Pins = saved.Asked,
        Experts = saved.Request.Experts is { } experts
            ? experts with { Loads = places.Table(experts.Loads), Pairs = experts.Pairs is { } pairs ? places.Table(pairs) : null }
            : null,
        Robust = saved.Request.Robust,
        Objective = saved.Request.Objective,
        StepIncrease = saved.Request.StepIncrease,
    };

    private SolveRequest Asked(string? model, string? hardware, string? stack) => new(
        model ?? places.Model(saved.Request.Model),
        hardware ?? places.Machine(saved.Request.Hardware),
        stack ?? places.Stack(saved.Request.Stack),
        saved.Request.Gpus,
        saved.Request.GlobalBatch,
        saved.Request.SequenceLength,
        saved.Request.Precision,
        saved.Request.Tokens,
        saved.Request.LoadFactor,
        MemoryLimit: null,
        TensorPolicy.Avoid,
        PlanPins.None,
        TimeLimit: null,
        Threads: null,
        saved.Request.Extrapolate,
        Audit: false)
    {
        Trainable = saved.Request.Trainable,
        Nodes = saved.Request.Nodes,
    };
}
