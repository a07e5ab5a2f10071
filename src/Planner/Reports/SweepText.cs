using Planner.Plans;
using Planner.Search;

namespace Planner.Reports;

/// <summary>A sweep for people: what is smallest, a row a cluster and batch, how it scales.</summary>
internal static class SweepText
{
    private static readonly string[] Heads = ["gpus", "batch", "step s", "tokens/s", "mfu", "vs first", "gpu-h/1T", "USD/1T", "GiB", "plan"];

    public static string Write(Sweep sweep, IReadOnlyCollection<string> written)
    {
        var lines = new TextLines();
        var request = sweep.Request;
        lines.Paragraph(
            $"{request.Model} on {request.Hardware}, {request.SequenceLength} tokens, {PlanWords.Of(request.Precision)}, stack {request.Stack}"
            + (sweep.Rows.Any(row => row.Status is ProofStatus.Feasible or ProofStatus.Unknown) ? ", not proven" : "")).Line();
        Answer(lines, sweep);
        lines.Line();
        List<string[]> rows = [Heads, .. sweep.Rows.Select(row => Cells(sweep, row))];
        lines.Grid(rows, column => column < Heads.Length - 1);
        lines.Line();
        foreach (var row in sweep.Rows.Where(row => row.Plan is null)) lines.Sentence("no plan", $"{row.Gpus} GPUs, batch {row.Batch}: {row.Reason}");
        foreach (var row in sweep.Rows.Where(row => row is { Plan: not null, Status: not ProofStatus.Optimal }))
            lines.Sentence("open", $"{row.Gpus} GPUs, batch {row.Batch}: the search was cut short or left a gap; a faster plan may exist");
        Notes(lines, sweep);
        if (written.Count > 0) lines.Line().Sentence("written", string.Join(", ", written));
        return lines.ToString();
    }

    private static void Answer(TextLines lines, Sweep sweep)
    {
        if (sweep.First is not { } first)
        {
            lines.Sentence("no plan", "none of these can be run");
            return;
        }

        var planned = sweep.Rows.Where(row => row.Plan is not null).ToList();
        var smallest = planned.MinBy(row => row.Gpus)!;
        if (sweep.Rows.Any(row => row.Gpus != first.Gpus))
        {
            var open = sweep.Rows.Any(row => row.Gpus < smallest.Gpus && row.Status == ProofStatus.Unknown);
            lines.Sentence("smallest", $"{smallest.Gpus} GPUs{(open ? ", as far as searched" : ", of the counts given")}");
            var quickest = planned.MaxBy(row => row.Plan!.Estimate.TokensPerGpuPerSecond * row.PlanGpus)!;
            lines.Sentence(
                "quickest",
                $"{quickest.Gpus} GPUs: {Quantity.Count(quickest.Plan!.Estimate.TokensPerGpuPerSecond * quickest.PlanGpus)} tokens/s{Run(quickest.Plan)}");
        }

        var cheapest = planned.MaxBy(row => row.Plan!.Estimate.TokensPerGpuPerSecond)!;
        lines.Sentence(
            "cheapest",
            $"{cheapest.Gpus} GPUs, batch {cheapest.Batch}: {Quantity.Count(cheapest.Plan!.Estimate.GpuHoursPerTrillionTokens)} gpu-hours per 1T tokens{Run(cheapest.Plan)}");
    }

    private static string Run(Plan plan) => RunCost.Of(plan) is { } run ? $", {Quantity.Count(run.Tokens)} tokens in {Quantity.Number(run.Days)} days" : "";

    private static string[] Cells(Sweep sweep, SweepRow row)
    {
        string[] head = [PlanWords.Of(row.Gpus), PlanWords.Of(row.Batch)];
        if (row.Plan is not { } plan) return [.. head, "-", "-", "-", "-", "-", "-", "-", row.Status == ProofStatus.Infeasible ? "none" : "not searched"];
        var estimate = plan.Estimate;
        return
        [
            .. head,
            Quantity.Number(estimate.Step.Value),
            Quantity.Short(Math.Round(estimate.TokensPerGpuPerSecond * row.PlanGpus)),
            Quantity.Percent(estimate.Mfu),
            Quantity.Percent(sweep.Efficiency(row)!.Value),
            Quantity.Count(estimate.GpuHoursPerTrillionTokens),
            plan.Machine.PricePerGpuHour is { } price ? Quantity.Count(price * estimate.GpuHoursPerTrillionTokens) : "-",
            Quantity.Fixed(estimate.Fullest.Total.Gib, 1),
            $"{Plain(plan)} {plan.Layout.Schedule.Name}",
        ];
    }

    // Degrees of 1 go without saying.
    private static string Plain(Plan plan)
    {
        var degrees = plan.Layout.Degrees;
        (string Name, int Degree)[] all = [("dp", degrees.Data), ("pp", degrees.Pipeline), ("ep", degrees.Expert), ("tp", degrees.Tensor), ("cp", degrees.Context), ("vpp", degrees.Virtual)];
        return string.Join(' ', all.Where((degree, i) => i == 0 || degree.Degree > 1).Select(degree => degree.Name + PlanWords.Of(degree.Degree)));
    }

    private static void Notes(TextLines lines, Sweep sweep)
    {
        if (sweep.First is null) return;
        lines.Sentence("vs first", "tokens/s a GPU against the first row with a plan");
        if (sweep.Request.Nodes.Any)
            lines.Sentence("cluster", $"gpus counts the cluster: {NodesText.Limits(sweep.Request.Nodes)} of each; a plan takes as many of the others as make it fastest");
        var batches = sweep.Rows.Select(row => row.Batch).Distinct().ToList();
        if (batches.Count == 1)
            lines.Sentence("note", $"the batch stays {batches[0]} at every count; give --batch as many values as --gpus to let it grow");
        var one = sweep.Rows.Where(row => row.Plan is not null).ToList();
        if (one.Count > 1 && one.Select(row => row.Gpus).Distinct().Count() == 1)
        {
            for (var i = 1; i < one.Count; i++)
            {
                var gain = (one[i].Plan!.Estimate.TokensPerGpuPerSecond / one[i - 1].Plan!.Estimate.TokensPerGpuPerSecond) - 1;
                lines.Sentence(
                    i == 1 ? "buys" : "",
                    $"{one[i].Batch} after {one[i - 1].Batch} sequences ({Quantity.Count(one[i].Tokens(sweep.Request.SequenceLength))} tokens a step): {Quantity.Change(gain)} tokens/s");
            }
        }
    }
}
