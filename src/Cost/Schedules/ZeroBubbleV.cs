using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>
/// ZB-V (Qi et al., Pipeline Parallelism with Controllable Memory) in the fixed order that PyTorch runs as ScheduleZBVZeroBubble: two stages
/// a rank in a V, weight gradients cut off. Where F = Bi = W no rank idles between its first and last operation, so the makespan is the work
/// and (p-1) forwards; at most 2p micro-batches of half a rank in flight on every rank, 1F1B's memory on rank 0.
/// </summary>
public sealed class ZeroBubbleV : ISchedule
{
    public string Name => "zbv";

    public string Title => "ZB-V";

    public bool Overlaps => false;

    public int Copies => 1;

    public int Stages(PipelineShape shape) => 2 * shape.Ranks;

    public ImmutableArray<int> StagesOf(int rank, PipelineShape shape) => StagesOfRank.V(rank, shape.Ranks);

    public string? Objection(PipelineShape shape) =>
        ShapeRule.OneChunk(shape, Title)
        ?? (shape.Ranks < 2 ? $"{Title} needs at least 2 pipeline ranks, not {shape.Ranks}." : null);

    public void Write(int rank, PipelineShape shape, OperationList program) => new Order(rank, shape, program).Write();

    public double Bound(in PipelineWork work, PipelineShape shape) =>
        StepBound.Chunked(
            work, shape.Ranks, Stages(shape) - 2, shape.MicroBatches, work.EmbeddingForward, work.LeastForward, work.Embedding);

    public ScheduleGraph Graph(PipelineShape shape) => UnfoldedGraph.Of(this, shape);

    // Chunk 0 is the rank's stage on the way down the V, chunk 1 the one on the way back.
    private sealed class Order(int rank, PipelineShape shape, OperationList program)
    {
        private readonly ImmutableArray<int> stages = StagesOfRank.V(rank, shape.Ranks);
        private readonly int[] forwards = new int[2];
        private readonly int[] inputs = new int[2];
        private readonly int[] weights = new int[2];

        // The order is made for 2p-1 micro-batches or more; fewer run it with the others left out.
        private readonly int count = Math.Max((2 * shape.Ranks) - 1, shape.MicroBatches);

        public void Write()
        {
            var inward = shape.Ranks - rank;
            for (var i = 0; i < (2 * inward) - 1; i++) Forward(0);
            for (var i = 0; i < rank; i++)
            {
                Forward(1);
                Forward(0);
            }

            for (var i = 0; i < inward; i++)
            {
                Forward(1);
                Backward(1);
            }

            while (forwards[1] < forwards[0] || forwards[0] < count)
            {
                if (forwards[0] < count) Forward(0);
                Backward(0);
                Forward(1);
                Backward(1);
            }

            for (var i = 0; i < rank; i++)
            {
                BackwardInput(0);
                BackwardInput(1);
            }

            for (var i = 0; i < inward; i++)
            {
                BackwardInput(0);
                Weight(0);
            }

            while (weights[1] < count) Weight(1);
            while (weights[0] < count) Weight(0);
        }

        private void Forward(int chunk) => Add(OperationKind.Forward, chunk, forwards);

        private void BackwardInput(int chunk) => Add(OperationKind.BackwardInput, chunk, inputs);

        private void Weight(int chunk) => Add(OperationKind.Weight, chunk, weights);

        private void Backward(int chunk)
        {
            BackwardInput(chunk);
            Weight(chunk);
        }

        private void Add(OperationKind kind, int chunk, int[] counters)
        {
            var microBatch = counters[chunk]++;
            if (microBatch < shape.MicroBatches) program.Add(kind, stages[chunk], microBatch);
        }
    }
}
