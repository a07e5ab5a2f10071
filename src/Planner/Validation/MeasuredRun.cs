namespace Planner.Validation;

/// <summary>What a published memory figure counts.</summary>
public enum MemoryKind
{
    /// <summary>Bytes of live tensors, as the framework's allocator counts them: no context, no buffers of other libraries, no fragments.</summary>
    Allocated,

    /// <summary>What the framework's allocator holds.</summary>
    Reserved,

    /// <summary>What the device shows in use.</summary>
    Device,
}

/// <summary>One row of a table of measured runs, as text and numbers of its cells; null or empty where the cell is empty.</summary>
public sealed record MeasuredRun
{
    public required string Id { get; init; }

    /// <summary>Line of the file, from 1.</summary>
    public long Line { get; init; }

    public string Family { get; init; } = "";

    public required string Model { get; init; }

    public required string Hardware { get; init; }

    public string Software { get; init; } = "";

    public string Stack { get; init; } = "";

    public string Confidence { get; init; } = "";

    public int? Nodes { get; init; }

    public int? GpusPerNode { get; init; }

    public int? Gpus { get; init; }

    /// <summary>GB/s a GPU, one direction, line rate.</summary>
    public double? NetworkGigabytes { get; init; }

    public int? Tensor { get; init; }

    public int? Context { get; init; }

    public int? Pipeline { get; init; }

    public int? Virtual { get; init; }

    public int? Expert { get; init; }

    public int? ExpertTensor { get; init; }

    public int? Data { get; init; }

    public int? MicroBatch { get; init; }

    public int? GlobalBatch { get; init; }

    public int? SequenceLength { get; init; }

    public string Precision { get; init; } = "";

    public string Schedule { get; init; } = "";

    public string Recompute { get; init; } = "";

    public string Sharding { get; init; } = "";

    public string Trainable { get; init; } = "";

    public string LayersOverride { get; init; } = "";

    public string Attention { get; init; } = "";

    public bool? SequenceParallel { get; init; }

    /// <summary>False: tensor-parallel collectives ran beside nothing, whatever the stack overlaps.</summary>
    public bool? TensorOverlap { get; init; }

    /// <summary>Replicas that divide one copy of the sharded states (hybrid sharding).</summary>
    public int? ShardGroup { get; init; }

    public double? StepSeconds { get; init; }

    public double? MemoryGib { get; init; }

    public MemoryKind? MemoryKind { get; init; }
}

/// <summary>A row that cannot be read.</summary>
/// <param name="Id">Its id, or its line where it has none.</param>
/// <param name="Line">Line of the file.</param>
/// <param name="Family">Its family, where that can be read.</param>
/// <param name="Reason">Why.</param>
public sealed record UnreadableRow(string Id, long Line, string Family, string Reason);
