using System.Collections.Immutable;
using Planner.Cost;
using Planner.Cost.Hardware;
using Planner.Cost.Layout;
using Planner.Cost.Models;
using Planner.Cost.Stacks;

namespace Planner.Validation;

/// <summary>A measured run as the cost model takes it.</summary>
/// <param name="Model">Model.</param>
/// <param name="Machine">Machine, with the row's network and GPUs a node.</param>
/// <param name="Stack">Software as its file says.</param>
/// <param name="Choices">What the row itself says of the software.</param>
/// <param name="Workload">What a step trains on.</param>
/// <param name="Layout">Degrees and choices.</param>
/// <param name="Placement">Layers on stages.</param>
/// <param name="Defaulted">Inputs that the row leaves open, as name=value.</param>
internal sealed record RunSetup(
    ModelSpec Model,
    MachineSpec Machine,
    StackSpec Stack,
    StackChoices Choices,
    Workload Workload,
    LayoutSpec Layout,
    TrainerPlacement Placement,
    ImmutableArray<string> Defaulted)
{
    /// <summary>The costs, with stack and machine changed first where asked.</summary>
    public CostModel Costs(Func<StackSpec, StackSpec>? adjust, Func<MachineSpec, MachineSpec>? machine = null) =>
        new(Model, machine is null ? Machine : machine(Machine), Choices.On(adjust is null ? Stack : adjust(Stack)), Workload);
}

/// <summary>What a row says of its software; null where it says nothing.</summary>
internal readonly record struct StackChoices(AttentionKernel? Attention, bool? SequenceParallel)
{
    /// <summary>The stack with these choices.</summary>
    public StackSpec On(StackSpec stack) => (Attention ?? stack.Attention) == stack.Attention && (SequenceParallel ?? stack.SequenceParallel) == stack.SequenceParallel
        ? stack
        : stack with { Attention = Attention ?? stack.Attention, SequenceParallel = SequenceParallel ?? stack.SequenceParallel };
}

/// <summary>Either what was asked for, or why there is none.</summary>
internal readonly record struct Found<T>(T? Value, string? Reason)
    where T : class
{
    public static implicit operator Found<T>(T value) => new(value, null);

    public static Found<T> Not(string reason) => new(null, reason);
}
