using System.Globalization;
using System.Xml;
using Planner.Plans;
using Planner.Reports.Validation;

namespace Planner.Reports;

/// <summary>
/// A front as a plain SVG: memory over step time, a mark a plan, coloured by schedule, joined by the staircase under which nothing lies. It has no
/// background of its own and takes light or dark ink as the page wants.
/// </summary>
internal static class FrontSvg
{
    private const int Edge = 60;
    private const int Right = 760;
    private const int Bottom = 480;
    private const int LegendLine = 18;

    private const string Style =
        "text{font:12px sans-serif;fill:#222}.axis,.grid{fill:none;stroke:#222;stroke-width:1}.grid{stroke-opacity:.15}"
        + ".stairs{fill:none;stroke:#222;stroke-width:1;stroke-opacity:.5}.mark{fill-opacity:.85}"
        + "@media (prefers-color-scheme: dark){text{fill:#ddd}.axis,.grid,.stairs{stroke:#ddd}}";

    public static void Write(TextWriter writer, Front front)
    {
        var points = front.Points;
        var schedules = points.Select(point => point.Layout.Schedule.Title).Distinct().ToList();
        var x = LinearScale.Over(points[0].Estimate.Step.Value, points[^1].Estimate.Step.Value, Edge, Right);
        var y = LinearScale.Over(0, points[0].Estimate.Fullest.Total.Gib, Bottom, Edge);
        using var svg = XmlWriter.Create(writer, new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true, CloseOutput = false });
        svg.WriteStartElement("svg", "http://www.w3.org/2000/svg");
        svg.WriteAttributeString("viewBox", SvgShapes.Text($"0 0 {Right + 140} {Bottom + 50}"));
        svg.WriteAttributeString("role", "img");
        svg.WriteElementString("title", SvgShapes.Clean($"Step time against memory: {front.Request.Model} on {front.Request.Gpus} x {front.Request.Hardware}"));
        svg.WriteElementString("style", Style);
        Axes(svg, front, x, y);
        Stairs(svg, front, x, y);
        foreach (var point in points) Point(svg, front, point, schedules.IndexOf(point.Layout.Schedule.Title), x, y);
        for (var i = 0; i < schedules.Count; i++)
        {
            var line = Edge + 10 + (LegendLine * i);
            FamilyMark.Write(svg, i, Right + 20, line);
            SvgShapes.Label(svg, Right + 32, line + 4, "start", schedules[i]);
        }

        svg.WriteEndElement();
        svg.Flush();
        writer.Write('\n');
    }

    private static void Axes(XmlWriter svg, Front front, LinearScale x, LinearScale y)
    {
        foreach (var tick in x.Ticks)
        {
            SvgShapes.Path(svg, "grid", SvgShapes.Text($"M{x.At(tick):0.##} {Edge}V{Bottom}"));
            SvgShapes.Label(svg, x.At(tick), Bottom + 18, "middle", Number(tick));
        }

        foreach (var tick in y.Ticks)
        {
            SvgShapes.Path(svg, "grid", SvgShapes.Text($"M{Edge} {y.At(tick):0.##}H{Right}"));
            SvgShapes.Label(svg, Edge - 8, y.At(tick) + 4, "end", Number(tick));
        }

        SvgShapes.Path(svg, "axis", SvgShapes.Text($"M{Edge} {Edge}V{Bottom}H{Right}"));
        SvgShapes.Label(svg, (Edge + Right) / 2.0, Bottom + 38, "middle", "seconds a step");
        SvgShapes.Label(
            svg,
            Edge,
            Edge - 14,
            "start",
            $"GiB on the fullest GPU; {front.Request.Model} on {front.Request.Gpus} x {front.Request.Hardware}: nothing lies below the line");
    }

    private static void Stairs(XmlWriter svg, Front front, LinearScale x, LinearScale y)
    {
        var path = string.Concat(front.Points.Select((point, i) =>
            i == 0
                ? SvgShapes.Text($"M{x.At(point.Estimate.Step.Value):0.##} {y.At(point.Estimate.Fullest.Total.Gib):0.##}")
                : SvgShapes.Text($"H{x.At(point.Estimate.Step.Value):0.##}V{y.At(point.Estimate.Fullest.Total.Gib):0.##}")));
        SvgShapes.Path(svg, "stairs", path);
    }

    private static void Point(XmlWriter svg, Front front, FrontMember point, int schedule, LinearScale x, LinearScale y)
    {
        var change = Quantity.Change((point.Estimate.Step / front.Points[0].Estimate.Step) - 1);
        var title = $"{LayoutText.Short(point.Layout)} {point.Layout.Recompute.Name} {PlanWords.Of(point.Layout.Sharding)}: "
            + $"{Quantity.Time(point.Estimate.Step)} ({change}), {Quantity.Gib(point.Estimate.Fullest.Total)}{(point.Proven ? "" : ", not proven")}";
        FamilyMark.Write(svg, schedule, x.At(point.Estimate.Step.Value), y.At(point.Estimate.Fullest.Total.Gib), SvgShapes.Clean(title));
    }

    private static string Number(double tick) => tick.ToString("0.####", CultureInfo.InvariantCulture);
}
