using System.Collections.Immutable;

namespace Planner.Cost.Layout;

/// <summary>Contents of one stage: counts of layers, in model order embedding, dense, MoE, MTP, head.</summary>
/// <param name="Dense">Dense layers.</param>
/// <param name="Moe">MoE layers.</param>
/// <param name="Mtp">Multi-token-prediction modules.</param>
/// <param name="Level">Which of its layout's recompute policies the stage follows; 0 where there is one for all stages.</param>
public readonly record struct StageContent(int Dense, int Moe, int Mtp, int Level = 0)
{
    /// <summary>In place of a level: every cost the least of all levels.</summary>
    public const int LeastOfLevels = -1;

    public int Layers => Dense + Moe;
}

/// <summary>Layers on stages, in model order; stage 0 also holds the embedding, the last one the head.</summary>
public sealed record StagePlan(ImmutableArray<StageContent> Stages)
{
    /// <summary>By stage, the number of its first layer: of all layers before it.</summary>
    public ImmutableArray<int> FirstLayers
    {
        get
        {
            var first = ImmutableArray.CreateBuilder<int>(Stages.Length);
            var sum = 0;
            foreach (var stage in Stages)
            {
                first.Add(sum);
                sum += stage.Layers;
            }

            return first.DrainToImmutable();
        }
    }
}
