using System.Collections.Immutable;
using Planner.Cost.Layout;
using Planner.Cost.Models;

namespace Planner.Plans;

/// <summary>Layers of a model placed by the letters of a layout string.</summary>
public static class StageLetters
{
    /// <summary>The placement; refuses letters that are not this model's. <paramref name="pipeline"/> is the number of pipeline ranks.</summary>
    public static StagePlan Place(ImmutableArray<string> letters, ModelSpec model, int pipeline)
    {
        if (LayoutStringParser.Objection(letters, model.Layers.Length, model.MtpModules, pipeline) is { } objection)
            throw new RefusedException($"the layout does not fit {model.Name}: {objection}");
        var stages = ImmutableArray.CreateBuilder<StageContent>(letters.Length);
        var dense = model.LeadingDenseLayers;
        foreach (var stage in letters)
        {
            var layers = stage.Count(letter => letter == 't');
            var denseHere = Math.Min(layers, dense);
            dense -= denseHere;
            stages.Add(new StageContent(denseHere, layers - denseHere, stage.Count(letter => letter == 'm')));
        }

        return new StagePlan(stages.MoveToImmutable());
    }
}
