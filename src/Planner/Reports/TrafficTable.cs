namespace Planner.Reports;

/// <summary>What a GPU sends in a step, by kind of traffic and by how far it goes; empty cells where leaf switches are not known.</summary>
internal sealed class TrafficTable : IReportTable
{
    public string Name => "traffic";

    public string Header => "kind,node_gib,network_gib,in_leaf_gib,across_leaves_gib,transfer_s";

    public void Rows(CsvTable table, ReportSource source)
    {
        foreach (var row in source.Plan.Traffic)
        {
            table.Cell(row.Kind).Cell(row.Node.Gib).Cell(row.Network.Gib)
                .Cell(row.AcrossLeaves is { } across ? (row.Network - across).Gib : null).Cell(row.AcrossLeaves?.Gib).Cell(row.Time.Value).End();
        }
    }
}
