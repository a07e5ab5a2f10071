using System.Globalization;
using System.Xml;
using Planner.Validation;

namespace Planner.Reports.Validation;

/// <summary>
/// Measured against estimated steps as a plain SVG: both axes logarithmic, the diagonal, lines 20 % off it, one mark a row, coloured by family. It has no
/// background of its own and takes light or dark ink as the page wants.
/// </summary>
internal static class ScatterSvg
{
    private const double Off = 0.2;
    private const int LegendLine = 18;

    private const string Style =
        "text{font:12px sans-serif;fill:#222}.axis,.grid{fill:none;stroke:#222;stroke-width:1}.grid{stroke-opacity:.15}"
        + ".same{stroke:#222;stroke-width:1.5}.off{stroke:#222;stroke-width:1;stroke-dasharray:5 4}.mark{fill-opacity:.75}"
        + "@media (prefers-color-scheme: dark){text{fill:#ddd}.axis,.grid,.same,.off{stroke:#ddd}}";

    public static void Write(TextWriter writer, IEnumerable<RunEstimated> points)
    {
        var timed = points.Where(point => point.Run.StepSeconds is not null).ToList();
        var families = timed.Select(Family).Distinct().ToList();
        var plane = LogPlane.Over(timed.SelectMany(point => (double[])[point.Run.StepSeconds!.Value, point.PredictedStep]));
        var height = Math.Max(LogPlane.Bottom + 50, LogPlane.Edge + 30 + (LegendLine * families.Count));
        using var svg = XmlWriter.Create(writer, new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true, CloseOutput = false });
        svg.WriteStartElement("svg", "http://www.w3.org/2000/svg");
        svg.WriteAttributeString("viewBox", Text($"0 0 {LogPlane.Right + 200} {height}"));
        svg.WriteAttributeString("role", "img");
        svg.WriteElementString("title", "Estimated against measured seconds a step");
        svg.WriteElementString("style", Style);
        Axes(svg, plane);
        Line(svg, "same", plane, 1);
        Line(svg, "off", plane, 1 + Off);
        Line(svg, "off", plane, 1 - Off);
        foreach (var point in timed) Point(svg, plane, point, families.IndexOf(Family(point)));
        for (var i = 0; i < families.Count; i++)
        {
            var y = LogPlane.Edge + 10 + (LegendLine * i);
            FamilyMark.Write(svg, i, LogPlane.Right + 20, y);
            SvgShapes.Label(svg, LogPlane.Right + 32, y + 4, "start", families[i]);
        }

        svg.WriteEndElement();
        svg.Flush();
        writer.Write('\n');
    }

    private static string Family(RunEstimated point) => point.Run.Family.Length > 0 ? point.Run.Family : Scoreboard.Unnamed;

    private static void Axes(XmlWriter svg, LogPlane plane)
    {
        foreach (var tick in plane.Ticks)
        {
            SvgShapes.Path(svg, "grid", Text($"M{plane.X(tick):0.##} {LogPlane.Edge}V{LogPlane.Bottom}M{LogPlane.Edge} {plane.Y(tick):0.##}H{LogPlane.Right}"));
            var label = tick.ToString("0.####", CultureInfo.InvariantCulture);
            SvgShapes.Label(svg, plane.X(tick), LogPlane.Bottom + 18, "middle", label);
            SvgShapes.Label(svg, LogPlane.Edge - 8, plane.Y(tick) + 4, "end", label);
        }

        SvgShapes.Path(svg, "axis", Text($"M{LogPlane.Edge} {LogPlane.Edge}V{LogPlane.Bottom}H{LogPlane.Right}"));
        SvgShapes.Label(svg, (LogPlane.Edge + LogPlane.Right) / 2.0, LogPlane.Bottom + 38, "middle", "measured seconds a step");
        SvgShapes.Label(svg, LogPlane.Edge, LogPlane.Edge - 14, "start", "estimated seconds a step; lines: equal, and 20 % more and less");
    }

    // Estimated = factor x measured, cut at the plane's edges.
    private static void Line(XmlWriter svg, string kind, LogPlane plane, double factor)
    {
        var first = Math.Max(plane.Least, plane.Least / factor);
        var last = Math.Min(plane.Most, plane.Most / factor);
        SvgShapes.Path(svg, kind, Text($"M{plane.X(first):0.##} {plane.Y(first * factor):0.##}L{plane.X(last):0.##} {plane.Y(last * factor):0.##}"));
    }

    private static void Point(XmlWriter svg, LogPlane plane, RunEstimated point, int family)
    {
        var measured = point.Run.StepSeconds!.Value;
        var title = $"{point.Run.Id} {point.Run.Family}: {point.Run.Model} on {point.Layout.Degrees.Gpus} x {point.Run.Hardware}, "
            + $"measured {Quantity.Number(measured)} s, estimated {Quantity.Number(point.PredictedStep)} s ({Quantity.Change(point.StepError!.Value / 100)})";
        FamilyMark.Write(svg, family, plane.X(measured), plane.Y(point.PredictedStep), SvgShapes.Clean(title));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
