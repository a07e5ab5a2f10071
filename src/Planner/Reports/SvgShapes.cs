using System.Globalization;
using System.Xml;

namespace Planner.Reports;

/// <summary>Paths and labels of the plots, invariant numbers.</summary>
internal static class SvgShapes
{
    public static void Path(XmlWriter svg, string kind, string path)
    {
        svg.WriteStartElement("path");
        svg.WriteAttributeString("class", kind);
        svg.WriteAttributeString("d", path);
        svg.WriteEndElement();
    }

    public static void Label(XmlWriter svg, double x, double y, string anchor, string text)
    {
        svg.WriteStartElement("text");
        svg.WriteAttributeString("x", Text($"{x:0.##}"));
        svg.WriteAttributeString("y", Text($"{y:0.##}"));
        svg.WriteAttributeString("text-anchor", anchor);
        svg.WriteString(Clean(text));
        svg.WriteEndElement();
    }

    /// <summary>Names may hold characters that XML does not know.</summary>
    public static string Clean(string text)
    {
        var clean = text.ToCharArray();
        for (var i = 0; i < clean.Length; i++)
        {
            if (i + 1 < clean.Length && XmlConvert.IsXmlSurrogatePair(clean[i + 1], clean[i])) i++;
            else if (!XmlConvert.IsXmlChar(clean[i])) clean[i] = '?';
        }

        return new string(clean);
    }

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
