using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>A Hugging Face config.json to a <see cref="ModelSpec"/>. Fields that do not shape the training cost are ignored.</summary>
internal static class HuggingFaceConfig
{
    /// <summary>The list of families: a new one is a file beside this and a line here.</summary>
    public static ImmutableArray<IConfigFamily> Families { get; } =
    [
        new DeepSeekFamily(),
        new LlamaFamily(),
        new MixtralFamily(),
        new Qwen3MoeFamily(),
        new Glm4MoeFamily(),
        new Gpt2Family(),
    ];

    public static IEnumerable<string> Architectures => Families.SelectMany(family => family.Architectures);

    /// <summary>True where the object has the marks of a config.json.</summary>
    public static bool LooksLike(JsonFields fields) =>
        (fields.Optional("architectures") ?? fields.Optional("model_type") ?? fields.Optional("text_config")) is not null;

    public static ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        // Multimodal files keep the language model under text_config.
        if (config.Optional("hidden_size") is null && config.OptionalObject("text_config") is { } text)
        {
            notes.Add("only the language model under text_config is planned");
            return Family(text, null).Read(name, text, notes);
        }

        return Family(config, FirstArchitecture(config)).Read(name, config, notes);
    }

    private static string? FirstArchitecture(JsonFields config) =>
        config.OptionalArray("architectures") is { Length: > 0 } ? config.Texts("architectures")[0] : null;

    private static IConfigFamily Family(JsonFields config, string? architecture)
    {
        string? type = config.OptionalText("model_type");
        IConfigFamily? family =
            Families.FirstOrDefault(known => architecture is not null && known.Architectures.Contains(architecture))
            ?? Families.FirstOrDefault(known => architecture is null && type is not null && known.ModelTypes.Contains(type));
        if (family is not null)
            return family;
        string given = architecture ?? type
            ?? throw config.Error("not a language model's config.json: it has neither architectures nor model_type; use the file that ships with the weights");
        throw config.Error($"unknown architecture {OneLine.Quote(given)}.{NearestNames.Hint(given, Architectures)} Known: {OneLine.List(Architectures)}");
    }
}
