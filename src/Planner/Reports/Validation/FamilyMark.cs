using System.Globalization;
using System.Xml;

namespace Planner.Reports.Validation;

/// <summary>The mark of a family: ten colours that show on light and dark pages, then the same again as squares, then as diamonds.</summary>
internal static class FamilyMark
{
    private const double Radius = 4;

    private static readonly string[] Colours =
        ["#4477cc", "#dd7722", "#339966", "#cc4455", "#8866cc", "#996644", "#dd66aa", "#889933", "#22aabb", "#888888"];

    /// <summary>Draws a mark around a place, with a title where there is one.</summary>
    public static void Write(XmlWriter svg, int family, double x, double y, string? title = null)
    {
        svg.WriteStartElement((family / Colours.Length % 3) == 0 ? "circle" : "path");
        svg.WriteAttributeString("class", "mark");
        svg.WriteAttributeString("fill", Colours[family % Colours.Length]);
        switch (family / Colours.Length % 3)
        {
            case 0:
                svg.WriteAttributeString("cx", Text($"{x:0.##}"));
                svg.WriteAttributeString("cy", Text($"{y:0.##}"));
                svg.WriteAttributeString("r", Text($"{Radius}"));
                break;
            case 1:
                svg.WriteAttributeString("d", Text($"M{x - Radius:0.##} {y - Radius:0.##}h{2 * Radius}v{2 * Radius}h{-2 * Radius}z"));
                break;
            default:
                svg.WriteAttributeString("d", Text($"M{x:0.##} {y - Radius - 1:0.##}l{Radius + 1} {Radius + 1}l{-Radius - 1} {Radius + 1}l{-Radius - 1} {-Radius - 1}z"));
                break;
        }

        if (title is not null) svg.WriteElementString("title", title);
        svg.WriteEndElement();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
