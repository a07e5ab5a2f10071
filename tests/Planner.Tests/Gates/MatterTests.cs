using System.Text.Json;
using System.Text.Json.Nodes;
using NUnit.Framework;
using Planner.Planning;
using Planner.Tests.Commands;

namespace Planner.Tests.Gates;

/// <summary>What should change a verdict changes it; what should not does not.</summary>
[TestFixture]
public sealed class MatterTests
{
    // A change, and the rule that must notice it.
    private static readonly Dictionary<string, (Func<GuardedPlan, GuardedPlan> Change, string Notices)> Matters = new()
    {
        ["model: wider experts"] = (plan => plan.Edit("model.json", "\"moe_intermediate_size\": 1408", "\"moe_intermediate_size\": 1664"), "step_s"),
        ["model: its name for people"] = (plan => plan.Edit("model.json", "DeepSeek-V2-Lite:", "DeepSeek V2 Lite:"), "inputs.model"),
        ["hardware: memory bandwidth"] = (CheckCommandTests.Slower, "step_s"),
        ["hardware: faster memory"] = (plan => plan.Edit("machine.json", "\"hbm_tb_s\": { \"value\": 3.35", "\"hbm_tb_s\": { \"value\": 4.35"), "step_s"),
        ["hardware: NVLink bandwidth"] = (plan => plan.Edit("machine.json", "\"nvlink_effective_gb_s\": { \"value\": 160, \"range\": [150, 170]", "\"nvlink_effective_gb_s\": { \"value\": 120, \"range\": [110, 170]"), "inputs.hardware"),
        ["hardware: less memory"] = (plan => plan.Edit("machine.json", "\"memory_gb\": { \"value\": 80", "\"memory_gb\": { \"value\": 24"), "memory_peak_gib"),
        ["stack: a constant"] = (plan => plan.Edit("stack.json", "\"memory_efficiency\": { \"value\": 0.455", "\"memory_efficiency\": { \"value\": 0.425"), "step_s"),
        ["stack: where a constant is from"] = (plan => plan.Edit("stack.json", "half of FP8's, the same bytes", "half of FP8's"), "inputs.stack"),
        ["stack: a schedule less"] = (plan => plan.Edit("stack.json", "\"1f1b\", \"interleaved\", \"zb1p\", \"zbv\", \"dualpipe\", \"dualpipev\"", "\"dualpipe\""), "decisions"),
        ["kernels: a row"] = (plan => plan.Edit("kernels/deepgemm-fp8-hopper.csv", "dense,1,64,2112,7168,206,", "dense,1,64,2112,7168,106,"), "inputs.stack"),
        ["request: batch"] = (plan => plan.Edit("plan.json", "\"global_batch\": 256", "\"global_batch\": 512"), "step_s"),
        ["request: sequence"] = (plan => plan.Edit("plan.json", "\"sequence_length\": 4096", "\"sequence_length\": 4608"), "step_s"),
        ["request: precision"] = (plan => plan.Edit("plan.json", "\"precision\": \"fp8\"", "\"precision\": \"bf16\""), "step_s"),
        ["request: memory limit"] = (plan => plan.Edit("plan.json", "\"memory_limit_gib\": 74.5058", "\"memory_limit_gib\": 10.5"), "memory_peak_gib"),
        ["request: load factor"] = (plan => plan.Edit("plan.json", "\"objective\"", "\"load_factor\": 1.5,\n    \"objective\""), "step_s"),
        ["request: a pin"] = (plan => plan.Edit("plan.json", "\"micro_batch\": [1]", "\"micro_batch\": [2]"), "decisions"),
        ["decisions: recompute"] = (Recompute, "step_s"),
        ["decisions: sharding"] = (plan => plan.Edit("plan.json", "\"sharding\": \"zero1\"", "\"sharding\": \"zero3\""), "step_s"),
        ["decisions: micro-batches"] = (plan => Number(plan, "micro_batches", count => count + 1), "decisions"),
        ["recorded: a slower step"] = (plan => Number(plan, "step_s", step => step * 1.05), "step_s"),
        ["recorded: a faster step"] = (plan => Number(plan, "step_s", step => step * 0.95), "step_s"),
        ["recorded: less memory"] = (plan => Number(plan, "peak_gib", peak => peak * 0.95), "memory_peak_gib"),
        ["recorded: another utilisation"] = (plan => Number(plan, "mfu", mfu => mfu * 1.1), "recorded"),
        ["recorded: a digest"] = (plan => plan.Edit("plan.json", "\"inputs\": {\n    \"model\": \"", "\"inputs\": {\n    \"model\": \"0"), "inputs.model"),
        ["a budget"] = (plan => plan.Write("planner.budget.json", """{"rules": [{"metric": "step_s", "max": 1}]}"""), "step_s"),
        ["a budget for other plans"] = (plan => plan.Write("planner.budget.json", """{"rules": [{"plans": "other.json", "metric": "step_s", "max": 1}]}"""), "budget"),
    };

    private static readonly Dictionary<string, Func<GuardedPlan, GuardedPlan>> Idle = new()
    {
        ["model: order of keys"] = plan => Reordered(plan, "model.json"),
        ["hardware: order of keys"] = plan => Reordered(plan, "machine.json"),
        ["stack: order of keys"] = plan => Reordered(plan, "stack.json"),
        ["hardware: white space"] = plan => plan.Write("machine.json", File.ReadAllText(plan.File("machine.json")).Replace("\n", "\r\n\t", StringComparison.Ordinal)),
        ["hardware: spelling of a number"] = plan => plan.Edit("machine.json", "\"hbm_tb_s\": { \"value\": 3.35", "\"hbm_tb_s\": { \"value\": 33.5e-1"),
        ["plan: order of keys"] = plan => Reordered(plan, "plan.json"),
        ["plan: white space"] = plan => plan.Write("plan.json", JsonNode.Parse(File.ReadAllText(plan.Plan))!.ToJsonString()),
        ["plan: an unknown key of a newer version"] = plan => plan.Edit("plan.json", "\"schema_version\": \"1.", "\"newer\": {\"a\": 1},\n  \"schema_version\": \"1.9"),
        ["file times"] = plan =>
        {
            foreach (var file in Directory.EnumerateFiles(plan.Folder)) File.SetLastWriteTimeUtc(file, new DateTime(1999, 1, 1, 0, 0, 0, DateTimeKind.Utc));
            return plan;
        },
        ["a budget that holds"] = plan => plan.Write("planner.budget.json", """{"rules": [{"metric": "step_s", "max": 100}]}"""),
    };

    [Test]
    public void Check_WhatMatters_IsNoticed([ValueSource(nameof(MatterNames))] string change)
    {
        using var plan = new GuardedPlan();
        var (apply, notices) = Matters[change];
        var run = apply(plan).Check("--format", "json");
        Assert.That(run.Error, Is.Empty);
        using var document = JsonDocument.Parse(run.Output);
        var broken = document.RootElement.GetProperty("plans")[0].GetProperty("rules").EnumerateArray()
            .Where(rule => !rule.GetProperty("passed").GetBoolean()).Select(rule => rule.GetProperty("metric").GetString()).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(document.RootElement.GetProperty("verdict").GetString(), Is.Not.EqualTo("passed"));
            Assert.That(broken, Does.Contain(notices));
        }
    }

    [Test]
    public void Check_WhatDoesNotMatter_IsNot([ValueSource(nameof(IdleNames))] string change)
    {
        using var plan = new GuardedPlan();
        var run = Idle[change](plan).Check();
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Output, Does.StartWith("plan.json: passed, "));
    }

    [Test]
    public void Check_Culture_DoesNotMatter()
    {
        using var plan = new GuardedPlan();
        using var german = new CommaDecimals();
        Assert.That(plan.Check().Output, Does.StartWith("plan.json: passed, "));
    }

    [Test]
    public void Check_WorkingFolder_DoesNotMatter()
    {
        using var plan = new GuardedPlan();
        var usual = plan.Check("--format", "json");
        var before = Directory.GetCurrentDirectory();
        using var elsewhere = new TemporaryFolder();

        // Files of the same names that would be taken if the folder mattered.
        foreach (var name in (string[])["machine.json", "model.json", "stack.json"]) File.WriteAllText(Path.Join(elsewhere.Path, name), "{}");
        try
        {
            Directory.SetCurrentDirectory(elsewhere.Path);
            Assert.That(plan.Check("--format", "json"), Is.EqualTo(usual));
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    [Test]
    public void Check_SideBySide_IsAsAlone()
    {
        using var plan = new GuardedPlan();
        var files = Enumerable.Range(0, 12).Select(number => plan.File(FormattableString.Invariant($"copy-{number:00}.json"))).ToArray();
        for (var i = 0; i < files.Length; i++)
            File.WriteAllText(files[i], File.ReadAllText(plan.Plan).Replace("\"global_batch\": 256", FormattableString.Invariant($"\"global_batch\": {256 * (1 + (i % 3))}"), StringComparison.Ordinal));
        var alone = string.Concat(files.Select(file => Run.Of(new PlanMaker(), "check", file).Output));
        var together = Run.Of(new PlanMaker(), ["check", .. files]).Output;
        Assert.That(together, Is.EqualTo(alone + "12 plans: 8 failed, 4 passed\n"));
    }

    private static IEnumerable<string> MatterNames => Matters.Keys;

    private static IEnumerable<string> IdleNames => Idle.Keys;

    // Another policy for all stages, in both of its places.
    private static GuardedPlan Recompute(GuardedPlan plan)
    {
        var text = File.ReadAllText(plan.Plan);
        var decisions = text.IndexOf("\"decisions\"", StringComparison.Ordinal);
        var estimate = text.IndexOf("\n  \"estimate\"", StringComparison.Ordinal);
        var decided = System.Text.RegularExpressions.Regex.Replace(text[decisions..estimate], "\"recompute\":( ?)\"[a-z-]+\"", "\"recompute\":$1\"full\"");
        return plan.Write("plan.json", text[..decisions] + decided + text[estimate..]);
    }

    private static GuardedPlan Number(GuardedPlan plan, string key, Func<double, double> change)
    {
        var text = File.ReadAllText(plan.Plan);
        var match = System.Text.RegularExpressions.Regex.Match(text, $"\"{key}\": ([0-9.]+)");
        var number = change(double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        return plan.Edit("plan.json", match.Value, FormattableString.Invariant($"\"{key}\": {number}"));
    }

    private static GuardedPlan Reordered(GuardedPlan plan, string file) =>
        plan.Write(file, Reversed(JsonNode.Parse(File.ReadAllText(plan.File(file)))!)!.ToJsonString());

    private static JsonNode? Reversed(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Reverse().Select(member => KeyValuePair.Create(member.Key, Reversed(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Reversed)]),
        _ => node?.DeepClone(),
    };
}
