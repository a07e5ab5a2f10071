namespace Planner.Reports;

internal sealed class StagesTable : IReportTable
{
    public string Name => "stages";

    public string Header => "stage,rank,chunk,first_layer,last_layer,layers,parameters,recompute,forward_s,backward_s,weight_s,communication_s";

    // Parameters are a count and stay whole.
    public void Rows(CsvTable table, ReportSource source)
    {
        foreach (var stage in source.Plan.Estimate.Stages)
        {
            table.Cell(stage.Stage).Cell(stage.Rank).Cell(stage.Chunk).Cell(stage.FirstLayer).Cell(stage.LastLayer).Cell(stage.Letters)
                .Cell(Quantity.Fixed(stage.Parameters, 0)).Cell(source.Plan.Layout.Recompute.Of(stage.Content).Name)
                .Cell(stage.Forward.Value).Cell(stage.BackwardInput.Value).Cell(stage.Weight.Value).Cell(stage.Communication.Value)
                .End();
        }
    }
}
