using NUnit.Framework;
using Planner.Inputs;
using Planner.Validation;

namespace Planner.Tests.Validation;

[TestFixture]
public sealed class RunTableTests
{
    private const string Least = "id,model,hardware,num_gpus,micro_batch,global_batch,sequence_length,measured_step_s\n";

    [Test]
    public void Read_RequiredColumnsOnly_LeavesTheRestEmpty()
    {
        var run = Runs.Table(Least + "a,llama3.1-8b,h100,8,1,64,4096,4.5\n").Runs.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((run.Id, run.Line, run.Gpus, run.StepSeconds), Is.EqualTo(("a", 2L, 8, 4.5)));
            Assert.That((run.Family, run.Precision, run.Tensor, run.SequenceParallel, run.MemoryGib), Is.EqualTo(("", "", (int?)null, (bool?)null, (double?)null)));
        }
    }

    [Test]
    public void Read_DegreesInsteadOfGpus_AreEnough() =>
        Assert.That(
            Runs.Table("id,model,hardware,tp,pp,dp,micro_batch,global_batch,sequence_length,measured_mem_gib\na,m,h,1,2,4,1,8,4096,3\n").Runs.Single().Pipeline,
            Is.EqualTo(2));

    [TestCase("model,hardware,num_gpus,micro_batch,global_batch,sequence_length,measured_step_s", "missing column id")]
    [TestCase("id,modell,hardware,num_gpus,micro_batch,global_batch,sequence_length,measured_step_s", "missing column model. Did you mean modell?")]
    [TestCase("id,model,hardware,tp,pp,micro_batch,global_batch,sequence_length,measured_step_s", "missing column num_gpus (or tp, pp and dp)")]
    [TestCase("id,model,hardware,num_gpus,micro_batch,global_batch,sequence_length", "missing column measured_step_s (or measured_mem_gib)")]
    [TestCase("id,model,hardware,num_gpus,global_batch,measured_step_s", "missing columns micro_batch, sequence_length")]
    [TestCase("id;model;hardware", "missing columns id, model")]
    [TestCase("id,id,model,hardware,num_gpus,micro_batch,global_batch,sequence_length,measured_step_s", "column id is there twice")]
    public void Read_WrongHeader_IsRefusedInOneLine(string header, string message)
    {
        var error = Assert.Throws<InputException>(() => Runs.Table(header + "\n"))!;
        Assert.That(error.Message, Does.Contain(message).And.Not.Contain("\n"));
    }

    [TestCase("measured_step_s=0", "measured_step_s \"0\" is not a number above 0")]
    [TestCase("measured_step_s=-3", "measured_step_s \"-3\" is not a number above 0")]
    [TestCase("measured_step_s=NaN", "measured_step_s \"NaN\" is not a number above 0")]
    [TestCase("measured_step_s=1e999", "measured_step_s \"1e999\" is not a number above 0")]
    [TestCase("measured_step_s=4~s", "measured_step_s \"4 s\" is not a number above 0")]
    [TestCase("measured_step_s=", "neither measured_step_s nor measured_mem_gib is given")]
    [TestCase("tp=0", "tp \"0\" is not a whole number above 0")]
    [TestCase("tp=1.5", "tp \"1.5\" is not a whole number above 0")]
    [TestCase("tp=two", "tp \"two\" is not a whole number above 0")]
    [TestCase("num_gpus=99999999999", "num_gpus \"99999999999\" is not a whole number above 0")]
    [TestCase("sequence_parallel=maybe", "sequence_parallel \"maybe\" is neither true nor false")]
    [TestCase("memory_kind=total", "memory_kind \"total\" is not known; allowed: allocated, reserved, device")]
    [TestCase("model=", "it names no model")]
    [TestCase("hardware=", "it names no hardware")]
    public void Read_WrongCell_MakesOnlyTheRowUnreadable(string change, string reason)
    {
        var table = Runs.Table(Runs.Csv(change, "id=b"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(table.Unreadable, Is.EqualTo(new[] { new UnreadableRow("a", 2, "f", reason) }));
            Assert.That(table.Runs.Single().Id, Is.EqualTo("b"));
            Assert.That(table.Rows, Is.EqualTo(2));
        }
    }

    [Test]
    public void Read_RowWithoutId_IsNamedByItsLine() =>
        Assert.That(Runs.Table(Runs.Csv("", "id=")).Unreadable.Single(), Is.EqualTo(new UnreadableRow("line 3", 3, "f", "it has no id")));

    [Test]
    public void Read_SameIdTwice_KeepsTheFirst()
    {
        var table = Runs.Table(Runs.Csv("", "tp=2"));
        Assert.That((table.Runs.Single().Tensor, table.Unreadable.Single().Reason), Is.EqualTo((1, "its id is also that of line 2")));
    }

    [TestCase("a,llama3.1-8b,h100,8,1,64,4096\n", "7 cells under 8 columns")]
    [TestCase("a,llama3.1-8b,h100,8,1,64,4096,4,5\n", "9 cells under 8 columns")]
    public void Read_RaggedRow_IsUnreadable(string row, string reason) =>
        Assert.That(Runs.Table(Least + row).Unreadable.Single().Reason, Is.EqualTo(reason));

    [Test]
    public void Read_UnknownColumns_AreNamed() =>
        Assert.That(
            Runs.Table("comment,id,model,hardware,num_gpus,micro_batch,global_batch,sequence_length,measured_step_s,owner\nx,a,m,h,8,1,64,4096,4,me\n").IgnoredColumns,
            Is.EqualTo(new[] { "comment", "owner" }));

    [Test]
    public void Read_BrokenQuotes_IsRefused() =>
        Assert.That(() => Runs.Table(Least + "a,\"llama,h100,8,1,64,4096,4\n"), Throws.TypeOf<InputException>());

    [Test]
    public void Published_IsReadableWhole()
    {
        var table = RunTable.Read(Path.Join(AppContext.BaseDirectory, "data", "measurements", "published-runs.csv"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((table.Runs.Length, table.Unreadable.Length, table.IgnoredColumns.Length), Is.EqualTo((480, 0, 0)));
            Assert.That(table.Runs.Count(run => run.StepSeconds is not null), Is.EqualTo(476));
            Assert.That(table.Runs.Count(run => run.MemoryGib is not null), Is.EqualTo(118));
            Assert.That(table.Runs.Where(run => (run.MemoryKind is null) == run.MemoryGib is not null), Is.Empty);
            Assert.That(table.Runs.Select(run => run.Family).Distinct().Count(), Is.EqualTo(19));
        }
    }
}
