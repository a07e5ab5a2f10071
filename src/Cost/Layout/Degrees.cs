namespace Planner.Cost.Layout;

/// <summary>Parallel degrees. Tensor x context x pipeline x data = GPUs; the expert degree lies inside data x context.</summary>
/// <param name="Data">Data-parallel replicas.</param>
/// <param name="Tensor">Tensor-parallel ranks (with sequence parallelism).</param>
/// <param name="Pipeline">Pipeline ranks.</param>
/// <param name="Expert">Expert-parallel ranks; divides data x context.</param>
/// <param name="Context">Context-parallel ranks.</param>
/// <param name="Virtual">Chunks of layers a pipeline rank; 1 except for interleaved schedules. V-shaped schedules hold two stages a rank by themselves and count 1.</param>
public readonly record struct Degrees(int Data, int Tensor, int Pipeline, int Expert, int Context, int Virtual)
{
    public int Gpus => Data * Tensor * Pipeline * Context;
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
