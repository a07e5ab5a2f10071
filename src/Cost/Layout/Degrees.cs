namespace Planner.Cost.Layout;

/// <summary>Parallel degrees. Tensor x context x pipeline x data = GPUs; the expert degree lies inside data x context, or with folded experts inside tensor x data x context.</summary>
/// <param name="Data">Data-parallel replicas.</param>
/// <param name="Tensor">Tensor-parallel ranks (with sequence parallelism).</param>
/// <param name="Pipeline">Pipeline ranks.</param>
/// <param name="Expert">Expert-parallel ranks; divides <see cref="ExpertRoom"/>.</param>
/// <param name="Context">Context-parallel ranks.</param>
/// <param name="Virtual">Chunks of layers a pipeline rank; 1 except for interleaved schedules. V-shaped schedules hold two stages a rank by themselves and count 1.</param>
public readonly record struct Degrees(int Data, int Tensor, int Pipeline, int Expert, int Context, int Virtual)
{
    public int Gpus => Data * Tensor * Pipeline * Context;

    /// <summary>Ranks that expert-parallel groups divide among them.</summary>
    /// <param name="folded">Groups may span tensor ranks.</param>
    public long ExpertRoom(bool folded) => (long)Data * Context * (folded ? Tensor : 1);

    /// <summary>Distance of neighbouring expert ranks in GPU numbers.</summary>
    /// <param name="folded">Groups are runs of a stage's ranks, tensor ranks among them.</param>
    public int ExpertStride(bool folded) => folded ? 1 : Tensor;

    /// <summary>Ranks of a stage that hold the same experts.</summary>
    public int ExpertReplicas => Data * Context * Tensor / Expert;
}

/// <summary>What is divided over the data-parallel ranks (ZeRO stages).</summary>
public enum Sharding
{
    None,

    /// <summary>Optimizer states.</summary>
    Zero1,

    /// <summary>And gradients.</summary>
    Zero2,

    /// <summary>And weights.</summary>
    Zero3,
}
