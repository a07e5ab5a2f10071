using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>
/// Interleaved 1F1B in Megatron-LM's order (pipeline_parallel/schedules.py): rank r holds v stages, p apart. Micro-batches go through a rank's
/// chunks in groups; rank r runs 2(p-1-r) + (v-1) x group chunk forwards ahead, then a forward and a backward in turn. Bubble (p-1)(F+B)/v
/// with F and B of all chunks of a rank; at most p x v + p - 1 chunks in flight on rank 0 where the group is p.
/// </summary>
public sealed class Interleaved : ISchedule
{
    public string Name => "interleaved";

    public string Title => "Interleaved 1F1B";

    public bool Overlaps => false;

    public int Copies => 1;

    public int Stages(PipelineShape shape) => shape.Ranks * shape.Chunks;

    public ImmutableArray<int> StagesOf(int rank, PipelineShape shape) => StagesOfRank.Looped(rank, shape);

    public string? Objection(PipelineShape shape)
    {
        if (ShapeRule.AtLeastOneOfEach(shape, Title) is { } objection) return objection;
        if (shape.Ranks < 2) return $"{Title} needs at least 2 pipeline ranks, not {shape.Ranks}.";
        if (shape.Chunks < 2) return $"{Title} needs at least 2 chunks a rank, not {shape.Chunks} (1 is 1F1B).";
        return shape.MicroBatches < shape.Ranks
            ? $"{Title} on {shape.Ranks} ranks needs at least {shape.Ranks} micro-batches, not {shape.MicroBatches}: "
                + "a group of micro-batches must not be smaller than the pipeline (multiples of the ranks keep least in memory)."
            : null;
    }

    /// <summary>
    /// Micro-batches that pass a chunk before the next chunk's turn (Megatron's --microbatch-group-size-per-virtual-pipeline-stage): the
    /// smallest from the number of ranks up that leaves a last group of no fewer than the ranks, or none. The number of ranks, Megatron's
    /// default, where it divides the micro-batches.
    /// </summary>
    public static int MicroBatchGroup(PipelineShape shape)
    {
        var group = shape.Ranks;
        while (shape.MicroBatches % group is var rest && rest != 0 && rest < shape.Ranks) group++;
        return group;
    }

    public void Write(int rank, PipelineShape shape, OperationList program)
    {
        var (forwards, backwards) = (new Turns(shape), new Turns(shape));
        var all = shape.Chunks * shape.MicroBatches;
        var ahead = Math.Min(all, (2 * (shape.Ranks - 1 - rank)) + ((shape.Chunks - 1) * MicroBatchGroup(shape)));
        for (var i = 0; i < ahead; i++) Forward();
        for (var i = 0; i < all; i++)
        {
            if (ahead + i < all) Forward();
            var (chunk, microBatch) = backwards.Next();
            program.Add(OperationKind.Backward, ((shape.Chunks - 1 - chunk) * shape.Ranks) + rank, microBatch);
        }

        void Forward()
        {
            var (chunk, microBatch) = forwards.Next();
            program.Add(OperationKind.Forward, (chunk * shape.Ranks) + rank, microBatch);
        }
    }

    public double Bound(in PipelineWork work, PipelineShape shape) =>
        StepBound.Chunked(
            work, shape.Ranks, Stages(shape) - 1, shape.MicroBatches, work.Embedding, work.LeastLayer, (shape.Chunks - 1) * work.LeastLayer);

    public ScheduleGraph Graph(PipelineShape shape) => UnfoldedGraph.Of(this, shape);

    // The forwards' order of (chunk, micro-batch), the same on every rank; backwards follow it with the chunks reversed.
    private struct Turns(PipelineShape shape)
    {
        private readonly int group = MicroBatchGroup(shape);
        private int first;
        private int chunk;
        private int microBatch;

        public (int Chunk, int MicroBatch) Next()
        {
            var turn = (chunk, microBatch);
            if (++microBatch < Math.Min(first + group, shape.MicroBatches)) return turn;
            if (++chunk == shape.Chunks) (first, chunk) = (first + group, 0);
            microBatch = first;
            return turn;
        }
    }
}
