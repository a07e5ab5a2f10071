using System.Collections.Immutable;
using Planner.Inputs.Json;

namespace Planner.Inputs;

/// <summary>A published run's layout.</summary>
/// <param name="Run">Who ran what, for people.</param>
/// <param name="Tensor">Tensor-parallel degree.</param>
/// <param name="Context">Context-parallel degree.</param>
/// <param name="Pipeline">Pipeline ranks.</param>
/// <param name="Expert">Expert-parallel degree.</param>
/// <param name="Schedule">Name of the schedule.</param>
/// <param name="Source">Where it is stated.</param>
public sealed record Precedent(string Run, int Tensor, int Context, int Pipeline, int Expert, string Schedule, string Source);

/// <summary>Layouts of published runs, from data/precedents.json: the evidence class of a layout is looked up here, its cost never.</summary>
public static class Precedents
{
    /// <summary>The published runs of a model of the catalog.</summary>
    /// <param name="model">Catalog name.</param>
    /// <param name="data">Data folder; null takes the shipped one.</param>
    public static ImmutableArray<Precedent> Of(string model, string? data)
    {
        var file = JsonFile.Parse(InputText.Read(Path.Join(data ?? Catalog.ShippedData, "precedents.json")));
        return
        [
            .. JsonFields.Of(file).Array("runs").Select(item => JsonFields.Of(file, item, "runs")).Where(fields => fields.Texts("models").Contains(model)).Select(Read),
        ];
    }

    private static Precedent Read(JsonFields fields) => new(
        fields.Text("run"),
        fields.Count("tp"),
        fields.Count("cp"),
        fields.Count("pp"),
        fields.Count("ep"),
        fields.Text("schedule"),
        fields.Text("source"));
}
