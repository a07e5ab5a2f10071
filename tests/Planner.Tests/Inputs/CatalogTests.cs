using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Units;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

[TestFixture]
public sealed class CatalogTests
{
    private static readonly string[] ModelNames =
    [
        "bloom-176b", "glm4.5-355b", "gpt-1.5b", "gpt-14.6b", "gpt-18.4b", "gpt-3.6b", "gpt-neo-2.7b", "gpt-neox-20b", "gpt-oss-120b",
        "gpt-oss-20b", "gpt3-175b", "gpt3-175b-v64000", "gpt3-20b", "gpt3-5b", "grok-1", "kimi-k2", "llama2-13b", "llama2-70b", "llama2-7b",
        "llama3.1-405b", "llama3.1-70b", "llama3.1-8b", "llama4-maverick", "megatron-1t", "megatron-22b", "mistral-7b", "mixtral-8x22b",
        "mixtral-8x7b", "mpt-30b", "mpt-7b", "nemotron3-22b", "nemotron3-8b", "nemotron4-15b", "opt-175b", "opt-350m", "qwen2.5-72b",
        "qwen3-235b", "qwen3-30b", "qwen3-32b", "r1-671b", "v2-236b", "v2-lite-16b", "v3-671b", "v3.2-671b",
    ];

    // What the makers' files say and the cost model takes otherwise; every plan repeats it.
    private static readonly Dictionary<string, string> Notes = new()
    {
        ["gpt-neox-20b"] = "attention and MLP in parallel (use_parallel_residual) are timed one after the other",
        ["opt-350m"] = "embedding and head are 512 wide (word_embed_proj_dim) and so counted; they are timed at the hidden width 1024",
        ["v3.2-671b"] = "sparse attention over 2048 keys is counted in full; its indexer counts in the parameters and their FLOPs, its time is left out",
        ["llama4-maverick"] = "only the language model under text_config is planned",
    };

    private static readonly string[] HardwareNames =
    [
        "a100-40", "a100-80", "a800", "b200", "b300", "gaudi2", "gb200", "gb300", "gh200", "h100", "h100-96", "h20", "h200", "h800", "l40s",
        "mi300x", "mi325x", "mi350x", "mi355x",
    ];

    [Test]
    public void Names_AreTheShippedFiles()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(new ModelCatalog().Names, Is.EqualTo(ModelNames));
            Assert.That(new HardwareCatalog().Names, Is.EqualTo(HardwareNames));
            Assert.That(new StackCatalog().Names, Is.SupersetOf(new[] { "deepseek", "megatron", "megatron-2021", "nemo", "torchtitan" }).And.Ordered);
        }
    }

    [Test]
    public void EveryShippedFile_Loads()
    {
        var models = new ModelCatalog();
        var hardware = new HardwareCatalog();
        var stacks = new StackCatalog();
        using (Assert.EnterMultipleScope())
        {
            foreach (LoadedModel model in models.Names.Select(models.Load))
            {
                Assert.That(stacks.Names, Does.Contain(model.Defaults.Stack), model.Spec.Name);
                Assert.That(model.Description, Is.Not.Empty, model.Spec.Name);
                Assert.That(model.Published, Is.Not.Null, model.Spec.Name);
                Assert.That(string.Join("; ", model.Notes), Is.EqualTo(Notes.GetValueOrDefault(model.Spec.Name, "")), model.Spec.Name);
                Assert.That(models.Names, Does.Contain(model.Spec.Name));
            }

            foreach (string name in hardware.Names)
                Assert.That(hardware.Load(name).Spec.Name, Is.EqualTo(name));
            foreach (string name in stacks.Names)
                Assert.That(stacks.Load(name).Spec.Name, Is.EqualTo(name));
        }
    }

    [TestCase("deepseek-v3", "v3-671b")]
    [TestCase("deepseek-r1", "r1-671b")]
    [TestCase("deepseek-v2", "v2-236b")]
    [TestCase("deepseek-v2-lite", "v2-lite-16b")]
    [TestCase("llama-3.1-8b", "llama3.1-8b")]
    [TestCase("llama-3.1-70b", "llama3.1-70b")]
    [TestCase("llama-3.1-405b", "llama3.1-405b")]
    [TestCase("qwen3-235b-a22b", "qwen3-235b")]
    [TestCase("qwen3-30b-a3b", "qwen3-30b")]
    [TestCase("deepseek-v3.2", "v3.2-671b")]
    [TestCase("glm-4.5", "glm4.5-355b")]
    [TestCase("gpt3-175b-a128-v64000", "gpt3-175b-v64000")]
    [TestCase("llama-2-7b", "llama2-7b")]
    [TestCase("llama-4-maverick", "llama4-maverick")]
    [TestCase("nemotron-4-15b", "nemotron4-15b")]
    [TestCase("DeepSeek-V3", "v3-671b")]
    [TestCase("V3-671B", "v3-671b")]
    public void Aliases_AndCapitals_FindTheModel(string given, string name) =>
        Assert.That(new ModelCatalog().Load(given).Spec.Name, Is.EqualTo(name));

    [Test]
    public void NoAlias_IsTwoModels()
    {
        string[] all =
        [
            .. ModelNames,
            .. ModelNames.SelectMany(name =>
                System.Text.Json.JsonDocument.Parse(Shipped.Text($"models/{name}.json")).RootElement.GetProperty("aliases").EnumerateArray()
                    .Select(alias => alias.GetString()!)),
        ];
        Assert.That(all, Is.Unique);
    }

    [Test]
    public void DeepSeekV3_TrainsAsPublished()
    {
        TrainingDefaults defaults = new ModelCatalog().Load("v3-671b").Defaults;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(defaults.SequenceLength, Is.EqualTo(4096));
            Assert.That(defaults.GlobalBatch, Is.EqualTo(15360));
            Assert.That(defaults.Precision, Is.EqualTo(Precision.Fp8));
            Assert.That(defaults.Tokens, Is.EqualTo(14.8e12));
            Assert.That(defaults.Stack, Is.EqualTo("deepseek"));
            Assert.That(defaults.Constants.Select(constant => constant.Kind), Does.Not.Contain(SourceKind.Assumed));
            Assert.That(defaults.Constants.Select(constant => constant.Path), Is.EqualTo(
                (string[])["training.sequence_length", "training.global_batch", "training.precision", "training.tokens", "training.stack"]));
        }
    }

    [Test]
    public void AssumedTraining_SaysSo()
    {
        TrainingDefaults defaults = new ModelCatalog().Load("mixtral-8x7b").Defaults;
        Assert.That(defaults.Tokens, Is.Null);
        Assert.That(defaults.Constants.Select(constant => constant.Kind), Is.All.EqualTo(SourceKind.Assumed));
    }

    [Test]
    public void BareConfig_GetsAssumedDefaults_AndTheNameOfItsFile()
    {
        LoadedModel model = new ModelCatalog().Load(Shipped.HuggingFace("deepseek-v3"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(model.Spec.Name, Is.EqualTo("deepseek-v3.json"));
            Assert.That(model.Defaults.SequenceLength, Is.EqualTo(4096));
            Assert.That(model.Defaults.GlobalBatch, Is.EqualTo(1024));
            Assert.That(model.Defaults.Precision, Is.EqualTo(Precision.Bf16));
            Assert.That(model.Defaults.Stack, Is.EqualTo("megatron"));
            Assert.That(model.Defaults.Constants.Select(constant => constant.Kind), Is.All.EqualTo(SourceKind.Assumed));
            Assert.That(model.Published, Is.Null);
        }
    }

    [Test]
    public void CatalogForm_IsReadFromAPathToo()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("mine.json", Shipped.Text("models/v3-671b.json"));
        LoadedModel mine = new ModelCatalog().Load(path);
        LoadedModel shipped = new ModelCatalog().Load("v3-671b");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(mine.Spec.Name, Is.EqualTo("mine.json"));
            Assert.That(mine.Defaults.GlobalBatch, Is.EqualTo(15360));
            Assert.That(mine.Digest, Is.EqualTo(shipped.Digest));
        }
    }

    [TestCase("v3-67b", "unknown model \"v3-67b\". Did you mean v3-671b?")]
    [TestCase("deepsek-v3", "unknown model \"deepsek-v3\". Did you mean deepseek-v3 or deepseek-v2 or deepseek-r1?")]
    [TestCase("llama", "unknown model \"llama\". Did you mean llama-2-13b or llama-2-70b or llama-2-7b?")]
    [TestCase("zzzzzzzzzz", "unknown model \"zzzzzzzzzz\".")]
    public void UnknownModel_NamesTheNearest(string given, string start)
    {
        var error = Assert.Throws<InputException>(() => new ModelCatalog().Load(given));
        Assert.That(error.Message, Is.EqualTo(start + " Known: " + string.Join(", ", ModelNames) + "; or a path to a file"));
    }

    [TestCase("h80", "unknown hardware \"h80\". Did you mean h20 or h800 or a800? Known: NAMES; or a path to a file")]
    [TestCase("", "no hardware is given; known: NAMES; or a path to a file")]
    [TestCase("h\n800", "unknown hardware \"h\\u000a800\". Did you mean h800 or a800 or h100? Known: NAMES; or a path to a file")]
    [TestCase("h800.json", "h800.json does not exist; the hardware of the catalog is called h800")]
    [TestCase("nowhere/x.json", "nowhere/x.json does not exist; check the path")]
    public void UnknownHardware_IsOneLine(string given, string line)
    {
        var error = Assert.Throws<InputException>(() => new HardwareCatalog().Load(given));
        Assert.That(error.Message, Is.EqualTo(line.Replace("NAMES", string.Join(", ", HardwareNames), StringComparison.Ordinal)));
    }

    [TestCase("kitten", "sitting", 3)]
    [TestCase("", "abc", 3)]
    [TestCase("flaw", "lawn", 2)]
    [TestCase("same", "same", 0)]
    public void Distance_IsLevenshtein(string left, string right, int distance) =>
        Assert.That(NearestNames.Distance(left, right), Is.EqualTo(distance));
}
