using NUnit.Framework;
using Planner.Planning;
using Planner.Tests.Commands;
using Planner.Tests.Inputs;

namespace Planner.Tests.Gates;

/// <summary>A folder with a plan and everything it was made from as files of their own: DeepSeek-V2-Lite on 32 H800.</summary>
internal sealed class GuardedPlan : IDisposable
{
    private static readonly Lazy<string> Text = new(Make);
    private readonly TemporaryFolder folder = new();

    public GuardedPlan()
    {
        Inputs(folder.Path);
        System.IO.File.WriteAllText(Plan, Text.Value);
    }

    public string Folder => folder.Path;

    public string Plan => File("plan.json");

    public string File(string name) => Path.Join(folder.Path, name);

    /// <summary>Replaces the first place of a text in a file, which must be there.</summary>
    public GuardedPlan Edit(string name, string from, string to)
    {
        var text = System.IO.File.ReadAllText(File(name));
        var at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.That(at, Is.Not.Negative, $"{name} holds no {from}");
        System.IO.File.WriteAllText(File(name), text[..at] + to + text[(at + from.Length)..]);
        return this;
    }

    public GuardedPlan Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return this;
    }

    /// <summary>Runs planner check on the plan, in this process.</summary>
    public Run Check(params string[] options) => Clean(Run.Of(new PlanMaker(), ["check", Plan, .. options]));

    /// <summary>The folder is another one in each test.</summary>
    public Run Clean(Run run) => run with { Output = run.Output.Replace(Folder + "/", "", StringComparison.Ordinal), Error = run.Error.Replace(Folder + "/", "", StringComparison.Ordinal) };

    public void Dispose() => folder.Dispose();

    private static void Inputs(string folder)
    {
        Directory.CreateDirectory(Path.Join(folder, "kernels"));
        foreach (var (shipped, own) in (ReadOnlySpan<(string, string)>)
            [("models/v2-lite-16b.json", "model.json"), ("hardware/h800.json", "machine.json"), ("stacks/deepseek.json", "stack.json"), ("kernels/deepgemm-fp8-hopper.csv", "kernels/deepgemm-fp8-hopper.csv")])
            System.IO.File.Copy(Path.Join(Shipped.Data, shipped), Path.Join(folder, own));
    }

    private static string Make()
    {
        using var folder = new TemporaryFolder();
        Inputs(folder.Path);
        var plan = Path.Join(folder.Path, "plan.json");
        var run = Run.Of(
            new PlanMaker(),
            "solve", "--model", Path.Join(folder.Path, "model.json"), "--hw", Path.Join(folder.Path, "machine.json"), "--stack", Path.Join(folder.Path, "stack.json"),
            "--gpus", "32", "--cp", "1", "--micro-batch", "1", "--batch", "256", "--precision", "fp8", "-o", plan);
        Assert.That((run.Code, run.Error), Is.EqualTo((0, "")));
        return System.IO.File.ReadAllText(plan);
    }
}
