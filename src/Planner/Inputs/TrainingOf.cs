using System.Globalization;
using Planner.Cost.Hardware;
using Planner.Cost.Units;

namespace Planner.Inputs;

/// <summary>Training defaults of a model that comes as a bare config.json: all assumed.</summary>
internal static class TrainingOf
{
    private const int SequenceLength = 4096;
    private const int GlobalBatch = 1024;
    private const string Stack = "megatron";

    public static TrainingDefaults AnyModel() => new(
        SequenceLength,
        GlobalBatch,
        Precision.Bf16,
        Tokens: null,
        Stack,
        [
            Assumed("sequence_length", SequenceLength.ToString(CultureInfo.InvariantCulture), "--seq"),
            Assumed("global_batch", GlobalBatch.ToString(CultureInfo.InvariantCulture), "--batch"),
            Assumed("precision", "bf16", "--precision"),
            Assumed("stack", Stack, "--stack"),
        ]);

    private static Constant Assumed(string name, string value, string option) =>
        new($"training.{name}", value, SourceKind.Assumed, $"a config.json does not say how the model is trained; set {option}");
}
