using System.Text.RegularExpressions;
using NUnit.Framework;
using Planner.Cost.Hardware;
using Planner.Cost.Kernels;
using Planner.Cost.Layout;
using Planner.Cost.Stacks;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

[TestFixture]
public sealed partial class StackTests
{
    [Test]
    public void DeepSeek_TakesTheFirstPublishedGemmRows()
    {
        GemmRates fp8 = new StackCatalog().Load("deepseek").Spec.For("hopper")!.Gemm[Precision.Fp8];
        using (Assert.EnterMultipleScope())
        {
            // DeepGEMM README of 2025-02-25: 18 dense and 4 contiguous rows; the 6 masked ones are decode shapes.
            Assert.That(fp8.Table, Has.Length.EqualTo(22));
            Assert.That(fp8.Table, Does.Contain(new MeasuredGemm(1, 4096, 24576, 1536, 990)));
            Assert.That(fp8.Table, Does.Contain(new MeasuredGemm(4, 8192, 4096, 7168, 1297)));
            Assert.That(fp8.Table, Does.Not.Contain(new MeasuredGemm(4, 8192, 4096, 7168, 1346)), "that is the row of 2025-03-25");
            Assert.That(fp8.Table.Select(row => (row.Groups, row.Rows, row.Columns, row.Depth)), Is.Unique);
            Assert.That(fp8.Tiles.Select(tile => tile.Columns), Is.EqualTo((int[])[64, 96, 112, 128, 152, 160]));
            Assert.That((fp8.Efficiency, fp8.RampDepth, fp8.MemoryEfficiency), Is.EqualTo((0.73, 700, 0.8)));
        }
    }

    [Test]
    public void DeepSeek_BandwidthsAreTheRowsOfTheDeepEpTable()
    {
        ExpertExchangeRates experts = new StackCatalog().Load("deepseek").Spec.Experts;
        (string Operation, int Degree, double Bandwidth)[] rows =
        [
            .. Shipped.Text("kernels/deepep-h800.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(','))
                .Where(row => row[^1] == "2025-02-24")
                .Select(row => (row[0], int.Parse(row[1], null), double.Parse(row[2], null))),
        ];
        (string, int, double)[] read =
        [
            .. experts.Bandwidths.SelectMany(entry => ((string, int, double)[])
                [("dispatch", entry.ExpertParallel, entry.Dispatch.Gigabytes), ("combine", entry.ExpertParallel, entry.Combine.Gigabytes)]),
        ];
        Assert.That(rows, Has.Length.EqualTo(8));
        Assert.That(read, Is.EqualTo(rows));
    }

    [Test]
    public void DeepSeek_IsFp8WithBf16Moments()
    {
        StackSpec stack = new StackCatalog().Load("deepseek").Spec;
        using (Assert.EnterMultipleScope())
        {
            // Bytes a parameter, unsharded, without the FP8 copy: 2 + 4 + 4 + 4 (DeepSeek-V3 report 3.3.3).
            Assert.That(stack.Memory.WeightBytesBf16 + stack.Memory.GradientBytes + stack.Memory.MasterBytes + stack.Memory.MomentBytes, Is.EqualTo(14));
            Assert.That(stack.Overlap.CommunicationMultiprocessors, Is.EqualTo(20));
            Assert.That(stack.Schedules, Is.EqualTo((string[])["gpipe", "1f1b", "interleaved", "zb1p", "zbv", "dualpipe", "dualpipev"]));
            Assert.That(stack.Experts.LoadFactorByExpertsPerGpu, Is.Empty);
            Assert.That(stack.RecomputePolicies, Is.EqualTo((RecomputePolicy[])
            [
                RecomputePolicy.None,
                new("selective", RecomputeModules.LayerNorm | RecomputeModules.MlaUpProjection | RecomputeModules.Activation),
                RecomputePolicy.Full,
            ]));
            Assert.That(stack.For("ampere"), Is.Null);
        }
    }

    [Test]
    public void Megatron_IsBf16OnTwoArchitectures()
    {
        StackSpec stack = new StackCatalog().Load("megatron").Spec;
        using (Assert.EnterMultipleScope())
        {
            // Megatron's docs: 18 bytes a parameter, unsharded.
            Assert.That(stack.Memory.WeightBytesBf16 + stack.Memory.GradientBytes + stack.Memory.MasterBytes + stack.Memory.MomentBytes, Is.EqualTo(18));
            Assert.That(stack.For("ampere")!.Gemm.ContainsKey(Precision.Fp8), Is.False);
            Assert.That(stack.For("hopper")!.Gemm.ContainsKey(Precision.Fp8), Is.True);
            Assert.That(stack.Experts.Bandwidths, Is.Empty);
            Assert.That(stack.Schedules, Does.Not.Contain("dualpipe"));
        }
    }

    [TestCase("\"table_date\": \"2025-02-25\"", "\"table_date\": \"2024-12-31\"", "kernels/deepgemm-fp8-hopper.csv has no dense or grouped_contiguous rows of \"2024-12-31\"; dates: 2025-02-25, 2025-03-25")]
    [TestCase("\"hierarchical\": true", "\"hierarchical\": 1", "experts.hierarchical must be true or false, got 1")]
    [TestCase("\"pair_overhead\"", "\"pair_overhed\"", "overlap.pair_overhead is missing; the file has \"pair_overhed\"")]
    [TestCase("\"experts\": {", "\"experts\": { \"colour\": 1,", "unknown field \"experts.colour\". Allowed: bandwidths, combine_bytes, dispatch_bytes, hierarchical, load_factor, load_factor_by_experts_per_gpu, measured_network_gb_s, measured_nvlink_gb_s, notify_ms")]
    [TestCase("[\"full\"]", "[\"everything\"]", "unknown module \"everything\"; allowed: layernorm, mla_up_proj, moe_act, core_attn, mlp, mlp_up, attn_proj, moe, full, every_second_product")]
    [TestCase("\"64\": {", "\"sixty\": {", "experts.bandwidths.sixty: the name must be a whole number above 0")]
    [TestCase("{ \"name\": \"full\"", "{ \"name\": \"none\"", "recompute policy \"none\" is given twice; keep one")]
    [TestCase("\"notify_ms\": {", "\"notify_ms\": 3e-1, \"notify\": {", "experts.notify_ms needs its source: write { \"value\": 3e-1, \"kind\": \"assumed\", \"source\": \"...\" } instead of 3e-1")]
    [TestCase("\"gemm\": {", "\"gemm\": { \"fp16\": {},", "unknown field \"rates.hopper.gemm.fp16\". Did you mean bf16 or fp8? Allowed: bf16, fp8, mxfp8, nvfp4")]
    [TestCase("\"kind\": \"measured\"", "\"kind\": \"guess\"", "experts.bandwidths.8.dispatch_gb_s.kind \"guess\" is not known; allowed: measured, fitted, data_sheet, derived, assumed")]
    [TestCase("\"source\": \"one BF16 copy\"", "\"source\": \" \"", "memory.weight_bytes_bf16.source is empty; say where the number is from")]
    [TestCase("\"source\": \"one BF16 copy\"", "\"source\": \"x\", \"note\": 1", "unknown field \"memory.weight_bytes_bf16.note\". Allowed: kind, range, source, value")]
    [TestCase("\"schedules\": [\"gpipe\"", "\"schedules\": [\"1f1b\"", "schedules must name at least one schedule, each once")]
    [TestCase("\"penalty\": 1.3 },", "\"penalty\": 0.3 },", "rates.hopper.gemm.bf16.tiles.penalty must be at least 1 and at most 100, got 0.3")]
    public void Mistakes_AreOneLine(string old, string changed, string line)
    {
        using var folder = new TemporaryFolder();
        string text = Shipped.Text("stacks/deepseek.json");
        Assert.That(text, Does.Contain(old));
        int at = text.IndexOf(old, StringComparison.Ordinal);
        string path = folder.Write("s.json", text[..at] + changed + text[(at + old.Length)..]);
        var error = Assert.Throws<InputException>(() => new StackCatalog().Load(path));
        Assert.That(Place().Replace(error.Message, ""), Is.EqualTo(line));
    }

    [Test]
    public void Base_GivesWhatTheStackDoesNotSay()
    {
        using var folder = new TemporaryFolder();
        folder.Write("mine.json", """
            { "description": "mine", "base": "nemo", "memory": { "reserve_gb": { "value": 9, "kind": "assumed", "source": "x" } } }
            """);
        string path = folder.Write("ours.json", """{ "description": "ours", "base": "mine.json", "sequence_parallel": false, "schedules": ["gpipe"] }""");
        StackSpec below = new StackCatalog().Load("nemo").Spec;
        StackSpec ours = new StackCatalog().Load(path).Spec;
        Assert.Multiple(() =>
        {
            Assert.That(ours.Memory, Is.EqualTo(below.Memory with { Reserve = Cost.Units.Bytes.FromGigabytes(9) }));
            Assert.That(ours.SequenceParallel, Is.False);
            Assert.That(ours.Schedules, Is.EqualTo(new[] { "gpipe" }));
            Assert.That(ours.Rates.Length, Is.EqualTo(below.Rates.Length));
            Assert.That(below.Software, Is.Not.Empty);
            Assert.That(ours.Software, Is.Empty);
        });
    }

    [TestCase("nobody", "unknown stack \"nobody\"")]
    [TestCase("circle.json", "is the end of a chain of more than 5 stacks, or of a circle")]
    public void Base_ThatLeadsNowhere_IsOneLine(string below, string line)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("circle.json", $$"""{ "description": "x", "base": "{{below}}" }""");
        var error = Assert.Throws<InputException>(() => new StackCatalog().Load(path));
        Assert.That(error.Message, Does.Contain(line).And.Not.Contains("\n"));
    }

    [Test]
    public void TableBesideTheStack_WinsAndChangesTheDigest()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("s.json", Shipped.Text("stacks/deepseek.json"));
        LoadedStack shipped = new StackCatalog().Load("deepseek");
        Assert.That(new StackCatalog().Load(path).Digest, Is.EqualTo(shipped.Digest));

        string table = Shipped.Text("kernels/deepgemm-fp8-hopper.csv");
        folder.Write("kernels/deepgemm-fp8-hopper.csv", table.Replace("1536,990,", "1536,991,", StringComparison.Ordinal));
        LoadedStack own = new StackCatalog().Load(path);
        Assert.That(own.Spec.For("hopper")!.Gemm[Precision.Fp8].Table, Does.Contain(new MeasuredGemm(1, 4096, 24576, 1536, 991)));
        Assert.That(own.Digest, Is.Not.EqualTo(shipped.Digest));
    }

    [TestCase("1536,990,", "1536,-990,", "tflops must be above 0, got \"-990\"")]
    [TestCase("1536,990,", "0.5,990,", "depth must be a whole number above 0, got \"0.5\"")]
    public void BadTable_IsRefused(string old, string changed, string end)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("s.json", Shipped.Text("stacks/deepseek.json"));
        string table = folder.Write(
            "kernels/deepgemm-fp8-hopper.csv",
            Shipped.Text("kernels/deepgemm-fp8-hopper.csv").Replace(old, changed, StringComparison.Ordinal));
        var error = Assert.Throws<InputException>(() => new StackCatalog().Load(path));
        Assert.That(error.Message, Is.EqualTo($"{table}: {end}"));
    }

    [TestCase("a,b\n1,2\n")]
    [TestCase("layout,groups\ndense,1\n")]
    [TestCase("layout,groups,rows_per_group,columns,depth,tflops,source,date\ndense,1\n")]
    [TestCase("layout,groups,rows_per_group,columns,depth,tflops,source,date\n\"dense,1")]
    public void NotATable_IsRefused(string table)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("s.json", Shipped.Text("stacks/deepseek.json"));
        folder.Write("kernels/deepgemm-fp8-hopper.csv", table);
        var error = Assert.Throws<InputException>(() => new StackCatalog().Load(path));
        Assert.That(error.Message, Does.Contain("is not a kernel table").And.Contain("columns: layout, groups"));
    }

    [Test]
    public void OtherFiles_AreNamedForWhatTheyAre()
    {
        string hardware = Path.Join(Shipped.Data, "hardware", "h800.json");
        string stack = Path.Join(Shipped.Data, "stacks", "megatron.json");
        string model = Path.Join(Shipped.Data, "models", "v3-671b.json");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new StackCatalog().Load(hardware), Throws.TypeOf<InputException>().With.Message.Contains("not a stack file"));
            Assert.That(() => new HardwareCatalog().Load(stack), Throws.TypeOf<InputException>().With.Message.Contains("this is a stack file"));
            Assert.That(() => new HardwareCatalog().Load(model), Throws.TypeOf<InputException>().With.Message.Contains("this is a model file"));
            Assert.That(() => new ModelCatalog().Load(hardware), Throws.TypeOf<InputException>().With.Message.Contains("not a model file"));
        }
    }

    [GeneratedRegex(@"^/.*/s\.json:\d+:\d+: ")]
    private static partial Regex Place();
}
