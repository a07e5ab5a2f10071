using System.Collections.Immutable;

namespace Planner.Cost.Layout;

/// <summary>Parts of a layer that the backward pass computes again instead of keeping; names are Megatron's --recompute-modules.</summary>
[Flags]
public enum RecomputeModules
{
    None = 0,

    /// <summary>Norms.</summary>
    LayerNorm = 1,

    /// <summary>Up-projections of latent attention.</summary>
    MlaUpProjection = 2,

    /// <summary>Activation function of MLP and experts (its output).</summary>
    Activation = 4,

    /// <summary>Attention between projections and output projection.</summary>
    CoreAttention = 8,

    /// <summary>Dense MLP and shared experts whole.</summary>
    Mlp = 16,

    /// <summary>The whole layer; only its input is kept.</summary>
    Full = 32,

    /// <summary>First matrices of the dense MLP and of shared experts (gate and up), and their activation.</summary>
    MlpUp = 64,

    /// <summary>Output projection of the attention.</summary>
    AttentionProjection = 128,

    /// <summary>Routed experts whole, their exchange included.</summary>
    Experts = 256,

    /// <summary>
    /// Every second matrix product in the order of a layer's forward (TorchTitan's choice by operation): keys' projection, output projection, one
    /// of gate and up; with them what lies between kept results.
    /// </summary>
    EverySecondProduct = 512,
}

/// <summary>A named choice of what is recomputed: by every stage, or of several policies the one that suits a stage.</summary>
public sealed record RecomputePolicy(string Name, RecomputeModules Modules)
{
    /// <summary>What a choice stage by stage is called.</summary>
    public const string PerStageName = "per-stage";

    /// <summary>Policies among which every stage has its own choice, by <see cref="StageContent.Level"/>; empty where all stages follow this one.</summary>
    public ImmutableArray<RecomputePolicy> Levels { get; init; } = [];

    /// <summary>Policies that a stage may follow.</summary>
    public ImmutableArray<RecomputePolicy> Choices => Levels.IsEmpty ? [this] : Levels;

    /// <summary>A choice stage by stage; of one policy, that policy.</summary>
    public static RecomputePolicy PerStage(ImmutableArray<RecomputePolicy> levels) =>
        levels.Length == 1 ? levels[0] : new RecomputePolicy(PerStageName, RecomputeModules.None) { Levels = levels };

    /// <summary>The policy of a stage.</summary>
    public RecomputePolicy Of(StageContent stage) => Levels.IsEmpty ? this : Levels[stage.Level];

    public static RecomputePolicy None { get; } = new("none", RecomputeModules.None);

    public static RecomputePolicy Full { get; } = new("full", RecomputeModules.Full);

    public bool Has(RecomputeModules module) => (Modules & module) != 0;
}
