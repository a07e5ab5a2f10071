using System.Runtime.CompilerServices;
using Planner.Cost.Layout;
using Planner.Cost.Pipeline;

namespace Planner.Search;

/// <summary>A placement as layers a stage: dense layers fall out of the front. The MTP module is on the last stage or (place 1) before it.</summary>
internal sealed class LayerCounts
{
    private readonly PlacementProblem problem;

    private LayerCounts(PlacementProblem problem, int[] layers, int mtpPlace)
    {
        this.problem = problem;
        Layers = layers;
        MtpPlace = mtpPlace;
    }

    public int[] Layers { get; }

    /// <summary>0: the MTP module is on the last stage; 1: on the one before it.</summary>
    public int MtpPlace { get; }

    /// <summary>Every stage at its least. Null where there are too few layers for that.</summary>
    public static LayerCounts? Least(PlacementProblem problem, int mtpPlace)
    {
        var counts = new LayerCounts(problem, new int[problem.Stages], mtpPlace);
        var sum = 0;
        for (var stage = 0; stage < counts.Layers.Length; stage++) sum += counts.Layers[stage] = counts.Least(stage);
        return sum <= problem.DenseLayers + problem.MoeLayers ? counts : null;
    }

    public static LayerCounts Of(PlacementProblem problem, int[] layers, int mtpPlace) => new(problem, layers, mtpPlace);

    public static LayerCounts Of(PlacementProblem problem, StagePlan plan) =>
        new(problem, [.. plan.Stages.Select(stage => stage.Layers)], problem.MtpModules > 0 && plan.Stages[^1].Mtp == 0 ? 1 : 0);

    public int Least(int stage)
    {
        var last = Layers.Length - 1;
        return stage == 0 || stage == last || (problem.MtpModules > 0 && stage == last - MtpPlace) ? 0 : 1;
    }

    /// <summary>False for the last stage where it holds the head alone.</summary>
    public bool Grows(int stage) => MtpPlace == 0 || stage != Layers.Length - 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Contents(Span<StageContent> contents)
    {
        var dense = problem.DenseLayers;
        for (var stage = 0; stage < contents.Length; stage++)
        {
            // A trial may count a layer twice for a moment: it is of the kind of the others.
            var here = problem.MoeLayers == 0 ? Layers[stage] : Math.Min(dense, Layers[stage]);
            dense -= here;
            contents[stage] = new StageContent(here, Layers[stage] - here, stage == contents.Length - 1 - MtpPlace ? problem.MtpModules : 0);
        }
    }
}
