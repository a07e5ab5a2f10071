using NUnit.Framework;
using Planner.Planning;
using Planner.Tests.Commands;

namespace Planner.Tests.Gates;

/// <summary>Plans whose experts were placed by a measured load.</summary>
[TestFixture]
public sealed class ExpertTablesTests
{
    [Test]
    public void Check_ExpertLoads_AreAnInput()
    {
        using var folder = new TemporaryFolder();
        var (plan, loads) = (Path.Join(folder.Path, "plan.json"), Path.Join(folder.Path, "loads.csv"));

        // Expert 0 of every layer is busy.
        File.WriteAllText(loads, Loads(busy: 3));
        var made = Run.Of(
            new PlanMaker(),
            "solve", "--model", "v2-lite-16b", "--hw", "h800", "--gpus", "32", "--tp", "1", "--cp", "1", "--pp", "1", "--ep", "8", "--micro-batch", "1", "--batch", "256", "--loads", loads, "-o", plan);
        Assert.That((made.Code, made.Error), Is.EqualTo((0, "")));
        var asMade = Check();
        File.WriteAllText(loads, Loads(busy: 9));
        var later = Check();
        var updated = Check("--update");
        var after = Check();
        File.Delete(loads);
        var gone = Check();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(asMade, Is.EqualTo(new Run(0, "plan.json: passed, 10 rules\n", "")));
            Assert.That(later.Code, Is.EqualTo(2));
            Assert.That(later.Output, Does.Contain("inputs.loads").And.Contain("step_s"));
            Assert.That((updated.Code, updated.Error), Is.EqualTo((0, "")));
            Assert.That(after, Is.EqualTo(asMade));
            Assert.That(gone.Error, Does.Contain("its table \"loads.csv\" is not found: neither "));
        }

        Run Check(params string[] options)
        {
            var run = Run.Of(new PlanMaker(), ["check", plan, .. options]);
            return run with { Output = run.Output.Replace(folder.Path + "/", "", StringComparison.Ordinal) };
        }
    }

    private static string Loads(int busy) => "layer,expert,load\n" + string.Concat(
        from layer in Enumerable.Range(1, 26)
        from expert in Enumerable.Range(0, 64)
        select FormattableString.Invariant($"{layer},{expert},{(expert == 0 ? busy : 1)}\n"));
}
