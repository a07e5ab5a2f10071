using System.Collections.Immutable;

namespace Planner.Cost.Models;

/// <summary>Layers whose queries see only the keys near them.</summary>
/// <param name="Tokens">Most keys a query sees.</param>
/// <param name="Layers">Which layers look so, first to last; the others see the whole sequence.</param>
/// <param name="Chunked">The sequence is cut into pieces of Tokens and a query sees its own piece (Llama 4); otherwise the last Tokens keys.</param>
public sealed record AttentionWindow(int Tokens, ImmutableArray<bool> Layers, bool Chunked)
{
    /// <summary>How many layers look so.</summary>
    public int Count { get; } = Layers.Count(windowed => windowed);

    /// <summary>
    /// Twice the mean number of keys a query sees in such a layer. Sliding, w below s: w keys but for the first w queries, so
    /// 2 * (w - w^2/2s) = w * (2 - w/s). Chunked: every piece of w is a causal sequence of its own.
    /// </summary>
    public double Context(int sequence)
    {
        if (Tokens >= sequence) return sequence;
        double window = Tokens;
        double rest = sequence % Tokens;
        return Chunked
            ? ((sequence / Tokens * window * window) + (rest * rest)) / sequence
            : window * (2 - (window / sequence));
    }
}
