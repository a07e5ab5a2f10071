using System.Collections.Immutable;

namespace Planner.Cost.Schedules;

/// <summary>What a rank keeps between forward and backward. It follows from the order of its program alone, whatever operations take.</summary>
internal static class MicroBatchesInFlight
{
    /// <summary>The Pareto-maximal numbers of micro-batches in flight, aligned with the rank's stages, in order of first appearance.</summary>
    /// <param name="program">The rank's operations.</param>
    /// <param name="stagesOfRank">The rank's stages.</param>
    /// <param name="stages">Stages of the pipeline.</param>
    public static ImmutableArray<ImmutableArray<int>> Of(ReadOnlySpan<Operation> program, ImmutableArray<int> stagesOfRank, int stages)
    {
        var chunkOfStage = new int[stages];
        for (var chunk = 0; chunk < stagesOfRank.Length; chunk++) chunkOfStage[stagesOfRank[chunk]] = chunk;

        var held = new int[stagesOfRank.Length];
        var peaks = new List<int[]>();
        var grown = false;
        foreach (var operation in program)
        {
            // An overlapped pair holds its forward's activations before it lets go of its backward's.
            if (operation.Kind is OperationKind.Forward or OperationKind.Overlapped)
            {
                held[chunkOfStage[operation.Stage]]++;
                grown = true;
            }

            var released = operation.Kind switch
            {
                OperationKind.Backward or OperationKind.Weight => operation.Stage,
                OperationKind.Overlapped => operation.PairStage,
                _ => -1,
            };
            if (released < 0) continue;
            if (grown) Keep(peaks, held);
            grown = false;
            held[chunkOfStage[released]]--;
        }

        return [.. peaks.Select(peak => peak.ToImmutableArray())];
    }

    private static void Keep(List<int[]> peaks, int[] held)
    {
        foreach (var peak in peaks)
            if (Covers(peak, held)) return;
        for (var i = peaks.Count - 1; i >= 0; i--)
            if (Covers(held, peaks[i])) peaks.RemoveAt(i);
        peaks.Add([.. held]);
    }

    private static bool Covers(int[] larger, int[] smaller)
    {
        for (var i = 0; i < larger.Length; i++)
            if (larger[i] < smaller[i]) return false;
        return true;
    }
}
