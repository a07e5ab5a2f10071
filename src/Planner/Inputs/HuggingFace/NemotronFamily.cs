using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>Nemotron 3 and 4: grouped-query attention, squared ReLU in two matrices, layer norms with scale and bias.</summary>
internal sealed class NemotronFamily : IConfigFamily
{
    public ImmutableArray<string> Architectures { get; } = ["NemotronForCausalLM"];

    public ImmutableArray<string> ModelTypes { get; } = ["nemotron"];

    public ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        bool bias = config.Flag("attention_bias", absent: false);
        return new ModelSpec(
            name,
            Shape.Hidden(config),
            Shape.Vocabulary(config),
            LayerKinds.Uniform(Shape.Layers(config), LayerKind.Dense),
            Shape.GroupedQuery(config, bias, bias, queryKeyNorm: false),
            new MlpSpec(config.Count("intermediate_size"), Shape.Ungated(config, "hidden_act", "relu2"), config.Flag("mlp_bias", absent: false)),
            Moe: null,
            MtpModules: 0,
            Shape.Tied(config),
            LearnedPositions: 0,
            Norm.Layer);
    }
}
