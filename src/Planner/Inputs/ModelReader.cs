using System.Collections.Immutable;
using Planner.Cost.Hardware;
using Planner.Cost.Models;
using Planner.Cost.Units;
using Planner.Inputs.HuggingFace;
using Planner.Inputs.Json;

namespace Planner.Inputs;

/// <summary>A model file of the catalog's form, or a bare config.json, to a <see cref="LoadedModel"/>.</summary>
internal static class ModelReader
{
    private const double MostTokens = 1e18;

    public static LoadedModel Read(string name, JsonFile file)
    {
        JsonFields fields = JsonFields.Of(file);
        var notes = new List<string>();
        string digest = CanonicalDigest.Of(file.Root);
        if (fields.Optional("config") is null && HuggingFaceConfig.LooksLike(fields))
        {
            ModelSpec bare = HuggingFaceConfig.Read(name, fields, notes);
            return new LoadedModel(bare, TrainingOf.AnyModel(), null, "", [.. notes], digest);
        }

        if (fields.Optional("config") is null && (fields.Optional("accelerator") ?? fields.Optional("rates")) is not null)
            throw fields.Error("this is not a model file; hardware goes to --hw, a software stack to --stack");
        if (fields.Optional("config") is null)
            throw fields.Error(HuggingFaceConfig.NotAModel);

        string description = fields.Text("description");
        fields.Texts("aliases");
        fields.Text("source");
        TrainingDefaults defaults = Training(fields);
        PublishedTotals? published = Published(fields);
        ModelSpec spec = HuggingFaceConfig.Read(name, fields.Object("config"), notes);
        fields.RefuseOthers();
        return new LoadedModel(spec, defaults, published, description, [.. notes], digest);
    }

    /// <summary>Other names of a catalog file.</summary>
    public static ImmutableArray<string> Aliases(JsonFile file) => JsonFields.Of(file).Texts("aliases");

    private static TrainingDefaults Training(JsonFields fields)
    {
        ImmutableArray<Constant>.Builder constants = ImmutableArray.CreateBuilder<Constant>();
        var training = new SourcedFields(fields.Object("training"), constants);
        int sequence = training.Count("sequence_length", JsonFields.LargestCount);
        int batch = training.Count("global_batch", JsonFields.LargestCount);
        string word = training.Text("precision");
        Precision precision = PrecisionWords.Find(word)
            ?? throw training.Fields.ErrorAt("precision", $"unknown precision {OneLine.Quote(word)}; allowed: {OneLine.List(PrecisionWords.All)}");
        double? tokens = training.OptionalNumber("tokens", new NumberRange(0, MostTokens, true));
        string stack = training.Text("stack");
        training.Fields.RefuseOthers();
        return new TrainingDefaults(sequence, batch, precision, tokens, stack, constants.ToImmutable());
    }

    private static PublishedTotals? Published(JsonFields fields)
    {
        if (fields.OptionalObject("published") is not { } published)
            return null;
        double total = Billions(published, "total_parameters_b") ?? throw published.Error("published.total_parameters_b is missing");
        double? active = Billions(published, "active_parameters_b");
        string source = published.Text("source");
        published.RefuseOthers();
        return new PublishedTotals(total, active, source);
    }

    private static double? Billions(JsonFields fields, string name) => fields.Optional(name) switch
    {
        null => null,
        { Kind: JsonKind.Number } value when JsonFields.AsNumber(value) > 0 => JsonFields.AsNumber(value),
        { } value => throw fields.Error(value, $"{fields.PathOf(name)} must be a number above 0, got {value.Describe()}"),
    };
}
