using System.Text;

namespace Planner.Inputs;

/// <summary>Text of users and files made fit for a line of an error message.</summary>
internal static class OneLine
{
    private const int LongestQuote = 80;

    /// <summary>The text with control characters written as \uXXXX.</summary>
    public static string Of(string text)
    {
        if (!text.Any(char.IsControl))
            return text;
        var line = new StringBuilder(text.Length + 8);
        foreach (char c in text)
        {
            if (char.IsControl(c))
                line.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
            else
                line.Append(c);
        }

        return line.ToString();
    }

    /// <summary>The text in quotes, cut where it is long.</summary>
    public static string Quote(string text) => text.Length <= LongestQuote ? $"\"{text}\"" : $"\"{text[..LongestQuote]}...\"";

    /// <summary>a, b and c.</summary>
    public static string List(IEnumerable<string> names) => string.Join(", ", names);
}
