namespace Planner.Cost.Schedules;

public enum OperationKind
{
    Forward,

    /// <summary>Full backward: input gradient and weight gradient.</summary>
    Backward,

    /// <summary>Input gradient only; the weight gradient follows as <see cref="Weight"/>.</summary>
    BackwardInput,

    /// <summary>Weight gradient of an earlier <see cref="BackwardInput"/>.</summary>
    Weight,

    /// <summary>A forward of (stage, micro-batch) together with a full backward of (pair stage, pair micro-batch).</summary>
    Overlapped,

    /// <summary>Reduction of a rank's gradients, once a step.</summary>
    ReduceGradients,

    /// <summary>Optimizer and gathering of parameters, once a step, after every rank has reduced (the gradient norm is global).</summary>
    Update,
}

/// <summary>One entry of a rank's program. Stages and micro-batches count from 0.</summary>
public readonly record struct Operation(
    OperationKind Kind,
    int Stage,
    int MicroBatch,
    int PairStage = -1,
    int PairMicroBatch = -1);

/// <summary>The pipeline a schedule is asked for.</summary>
/// <param name="Ranks">Pipeline ranks.</param>
/// <param name="Chunks">Chunks a rank as the user counts them: 1 unless interleaved.</param>
/// <param name="MicroBatches">Micro-batches of one data-parallel replica and step.</param>
public readonly record struct PipelineShape(int Ranks, int Chunks, int MicroBatches);
