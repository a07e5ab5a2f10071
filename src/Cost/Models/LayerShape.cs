namespace Planner.Cost.Models;

/// <summary>What tells the cost of one layer of a model from that of another.</summary>
/// <param name="Kind">Dense or MoE.</param>
/// <param name="Windowed">Its queries see a window of the sequence only.</param>
public readonly record struct LayerShape(LayerKind Kind, bool Windowed);
