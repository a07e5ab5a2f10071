using System.Collections.Immutable;
using Planner.Cost.Models;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>A Hugging Face config.json to a <see cref="ModelSpec"/>. Fields that do not shape the training cost are ignored.</summary>
internal static class HuggingFaceConfig
{
    public const string NotAModel =
        "not a language model's config.json: it has neither architectures nor model_type; use the file that ships with the weights";

    /// <summary>The list of families: a new one is a file beside this and a line here.</summary>
    public static ImmutableArray<IConfigFamily> Families { get; } =
    [
        new DeepSeekFamily(),
        new LlamaFamily(),
        new MixtralFamily(),
        new Qwen3MoeFamily(),
        new Glm4MoeFamily(),
        new GptOssFamily(),
        new Llama4Family(),
        new NemotronFamily(),
        new Gpt2Family(),
        new GptNeoXFamily(),
        new GptNeoFamily(),
        new OptFamily(),
        new BloomFamily(),
        new MptFamily(),
    ];

    public static IEnumerable<string> Architectures => Families.SelectMany(family => family.Architectures);

    /// <summary>True where the object has the marks of a config.json.</summary>
    public static bool LooksLike(JsonFields fields) =>
        (fields.Optional("architectures") ?? fields.Optional("model_type") ?? fields.Optional("text_config")) is not null;

    public static ModelSpec Read(string name, JsonFields config, ICollection<string> notes)
    {
        return Language(config, notes) is { } text ? Family(text).Read(name, text, notes) : Family(config).Read(name, config, notes);
    }

    // Multimodal files keep the language model under text_config; a few have its fields on top as well, which then count.
    private static JsonFields? Language(JsonFields config, ICollection<string> notes)
    {
        if (config.OptionalObject("text_config") is not { } text
            || (config.Optional("hidden_size") is not null && Find(FirstArchitecture(config), config.OptionalText("model_type")) is not null))
        {
            return null;
        }

        notes.Add("only the language model under text_config is planned");
        return text;
    }

    private static string? FirstArchitecture(JsonFields config) =>
        config.OptionalArray("architectures") is { Length: > 0 } ? config.Texts("architectures")[0] : null;

    private static IConfigFamily? Find(string? architecture, string? type) =>
        Families.FirstOrDefault(known => architecture is not null && known.Architectures.Contains(architecture))
        ?? Families.FirstOrDefault(known => architecture is null && type is not null && known.ModelTypes.Contains(type));

    private static IConfigFamily Family(JsonFields config)
    {
        string? architecture = FirstArchitecture(config);
        string? type = config.OptionalText("model_type");
        if (Find(architecture, type) is { } family)
            return family;
        string given = architecture ?? type
            ?? throw config.Error(NotAModel);
        if (OtherModels.Reason(config, architecture, type) is { } reason)
            throw config.Error($"{OneLine.Quote(given)} is not a decoder-only language model: {reason}");
        string hint = NearestNames.Hint(given, Architectures);
        throw config.Error($"unknown architecture {OneLine.Quote(given)}.{hint} Known: {OneLine.List(Architectures)}");
    }
}
