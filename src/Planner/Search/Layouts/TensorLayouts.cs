namespace Planner.Search;

/// <summary>Layouts of one tensor-parallel degree.</summary>
/// <param name="Tensor">Tensor-parallel degree; 0 where all degrees are taken together.</param>
/// <param name="One">Layouts under one recompute policy.</param>
/// <param name="PerStage">Layouts whose stages have a choice.</param>
internal sealed record TensorLayouts(int Tensor, ScoredLayouts One, ScoredLayouts PerStage)
{
    public int Count => One.Count + PerStage.Count;
}
