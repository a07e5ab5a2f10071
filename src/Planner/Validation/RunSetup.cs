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
/// <param name="Attention">Kernel between the projections.</param>
/// <param name="SequenceParallel">Tensor ranks divide the tokens of norms.</param>
/// <param name="TensorOverlap">False: tensor-parallel collectives show whole; true or null: as the stack says.</param>
/// <param name="ShardGroup">Replicas that divide one copy of the sharded states.</param>
internal readonly record struct StackChoices(AttentionKernel? Attention, bool? SequenceParallel, bool? TensorOverlap, int? ShardGroup)
{
    /// <summary>The stack with these choices.</summary>
    public StackSpec On(StackSpec stack)
    {
        if (Attention is { } attention && attention != stack.Attention) stack = stack with { Attention = attention };
        if (SequenceParallel is { } divided && divided != stack.SequenceParallel) stack = stack with { SequenceParallel = divided };
        if (ShardGroup is { } shards && shards != stack.ShardGroup) stack = stack with { ShardGroup = shards };
        return TensorOverlap == false && stack.Exposed.TensorParallel < 1 ? stack with { Exposed = stack.Exposed with { TensorParallel = 1 } } : stack;
    }
}

/// <summary>Either what was asked for, or why there is none.</summary>
internal readonly record struct Found<T>(T? Value, string? Reason)
    where T : class
{
    public static implicit operator Found<T>(T value) => new(value, null);

    public static Found<T> Not(string reason) => new(null, reason);
}
