using System.Globalization;
using NUnit.Framework;
using Planner.Cost.Layout;
using Planner.Cost.Schedules;
using Planner.Plans;
using Planner.Reports;
using Planner.Tests.Plans;

namespace Planner.Tests.Reports;

[TestFixture]
public sealed class ReportTablesTests
{
    private static readonly string[] Headers =
    [
        "plan,dp,tp,pp,ep,etp,cp,vpp,micro_batch,micro_batches,schedule,recompute,sharding,step_s,change_percent,peak_gib,bubble_s,tokens_per_gpu_per_s,mfu,status",
        "stage,rank,chunk,first_layer,last_layer,layers,parameters,recompute,forward_s,backward_s,weight_s,communication_s",
        "rank,weights_gib,gradients_gib,optimizer_gib,activations_gib,transient_gib,reserve_gib,total_gib,limit_gib",
        "rank,node,gpu,dp,tp,pp,ep,cp,stages,experts,leaf",
        "kind,node_gib,network_gib,in_leaf_gib,across_leaves_gib,transfer_s",
        "layer,ep_rank,experts,load_share",
        "dp,tp,pp,ep,etp,cp,vpp,micro_batch,micro_batches,schedule,recompute,sharding,bound_s,step_s,peak_gib,outcome,reason",
        "rank,operation,stage,micro_batch,pair_stage,pair_micro_batch,start_s,end_s",
    ];

    [Test]
    public void Tables_Headers_AreTheContract() => Assert.That(ReportTables.All.Select(table => table.Header), Is.EqualTo(Headers));

    [Test]
    public void Tables_SamplePlan_AreTheGoldenFiles()
    {
        foreach (var table in ReportTables.All)
        {
            // The two long tables are held by their first lines; their whole content has tests of its own.
            var text = string.Join('\n', Text(table, SamplePlan.Plan()).Split('\n').Take(20));
            Golden.Verify(text, table.Name + ".csv");
        }
    }

    [Test]
    public void Tables_CommaDecimals_SameBytes()
    {
        var invariant = ReportTables.All.Select(table => Text(table, SamplePlan.Plan())).ToList();
        using var _ = new CommaDecimals();
        Assert.That(ReportTables.All.Select(table => Text(table, SamplePlan.Plan())), Is.EqualTo(invariant));
    }

    [Test]
    public void Tables_AnyRow_HasAsManyCellsAsTheHeader()
    {
        foreach (var table in ReportTables.All)
        {
            var rows = Rows(table, SamplePlan.Plan());
            Assert.That(rows.Select(row => row.Length), Is.All.EqualTo(table.Header.Split(',').Length), table.Name);
            Assert.That(Text(table, SamplePlan.Plan()), Does.EndWith("\n").And.Not.Contain("\r"));
        }
    }

    [Test]
    public void Ranks_SamplePlan_EveryGpuOnceAndEveryGroupWhole() => CheckRanks(SamplePlan.Plan());

    [Test]
    public void Ranks_AllDegrees_EveryGpuOnceAndEveryGroupWhole()
    {
        var plan = SamplePlan.Plan();
        CheckRanks(plan with
        {
            Layout = plan.Layout with { Degrees = new Degrees(Data: 16, Tensor: 2, Pipeline: 4, Expert: 8, Context: 4, Virtual: 4), Schedule = new Interleaved() },
        });
    }

    [Test]
    public void Ranks_LargestCluster_IsQuick()
    {
        var plan = SamplePlan.Plan();
        var large = plan with { Layout = plan.Layout with { Degrees = plan.Layout.Degrees with { Data = 8192 } } };
        Assert.That(Rows(ReportTables.All.Single(table => table.Name == "ranks"), large), Has.Length.EqualTo(131_072));
    }

    [Test]
    public void Experts_EveryLayer_HoldsEveryExpertOnce()
    {
        var rows = Rows(ReportTables.All.Single(table => table.Name == "experts"), SamplePlan.Plan());
        foreach (var layer in rows.GroupBy(row => row[0]))
        {
            Assert.That(layer.SelectMany(row => Range(row[2])).Order(), Is.EqualTo(Enumerable.Range(0, 256)));
            Assert.That(layer.Sum(row => double.Parse(row[3], CultureInfo.InvariantCulture)), Is.EqualTo(1).Within(1e-9));
        }

        Assert.That(rows.Select(row => int.Parse(row[0], CultureInfo.InvariantCulture)).Distinct(), Is.EqualTo(Enumerable.Range(3, 58)));
    }

    [Test]
    public void Candidates_ReasonWithCommas_IsQuoted()
    {
        var text = Text(ReportTables.All.Single(table => table.Name == "candidates"), SamplePlan.Plan());
        Assert.That(text, Does.Contain(",does not fit,\"18.0 GiB over, on rank 0\"\n"));
    }

    private static void CheckRanks(Plan plan)
    {
        var degrees = plan.Layout.Degrees;
        var rows = Rows(ReportTables.All.Single(table => table.Name == "ranks"), plan);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows, Has.Length.EqualTo(degrees.Gpus));
            Assert.That(rows.Select(row => (row[3], row[4], row[5], row[7])).Distinct().Count(), Is.EqualTo(degrees.Gpus));
            Assert.That(rows.Select(row => (row[1], row[2])).Distinct().Count(), Is.EqualTo(degrees.Gpus));

            // On one pipeline rank and tensor rank, data x context / expert GPUs hold each range of experts.
            var holders = rows.GroupBy(row => (row[5], row[4], row[6], row[9])).ToList();
            Assert.That(holders, Has.Count.EqualTo(degrees.Pipeline * degrees.Tensor * degrees.Expert));
            Assert.That(holders.Select(group => group.Count()), Is.All.EqualTo(degrees.Data * degrees.Context / degrees.Expert));

            var stages = rows.Select(row => (row[5], row[8])).Distinct().ToList();
            Assert.That(stages, Has.Count.EqualTo(degrees.Pipeline));
            var copies = stages.SelectMany(rank => rank.Item2.Split(' ')).GroupBy(stage => stage).Select(stage => stage.Count());
            Assert.That(copies, Is.All.EqualTo(plan.Layout.Schedule.Copies));
        }
    }

    private static IEnumerable<int> Range(string experts)
    {
        var ends = experts.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    }

    private static string Text(IReportTable table, Plan plan)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        ReportTables.Write(table, writer, new ReportSource(plan, SamplePlan.Timeline));
        return writer.ToString();
    }

    // No cell of the sample but a reason holds a comma, and that one is quoted.
    private static string[][] Rows(IReportTable table, Plan plan) =>
        [.. Text(table, plan).Replace("over, on", "over on", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(','))];
}
