using System.Collections.Immutable;
using Planner.Inputs.Json;

namespace Planner.Inputs.HuggingFace;

/// <summary>Files of models that are no decoder-only language model: they get their reason instead of a list of architectures.</summary>
internal static class OtherModels
{
    private static readonly ImmutableArray<string> EncoderTypes =
        ["bert", "roberta", "xlm-roberta", "distilbert", "electra", "albert", "deberta", "deberta-v2", "modernbert"];

    private static readonly ImmutableArray<string> EncoderHeads =
        ["ForMaskedLM", "ForSequenceClassification", "ForTokenClassification", "ForQuestionAnswering"];

    /// <summary>Why the file is none; null where it may be one of an architecture that is not known.</summary>
    public static string? Reason(JsonFields config, string? architecture, string? type)
    {
        if (config.Flag("is_encoder_decoder", absent: false))
            return "it has an encoder and a decoder";
        if (type is not null && EncoderTypes.Contains(type))
            return "it is an encoder";
        if (architecture is not null && EncoderHeads.Any(head => architecture.EndsWith(head, StringComparison.Ordinal)))
            return "it is an encoder";
        if (config.Optional("vision_config") is not null && config.Optional("vocab_size") is null)
            return "it has a vision_config and no text_config";
        if ((config.Optional("image_size") ?? config.Optional("patch_size") ?? config.Optional("num_channels")) is not null
            && config.Optional("vocab_size") is null)
        {
            return "it reads images and has no vocabulary";
        }

        return null;
    }
}
