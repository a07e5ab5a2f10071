using System.Globalization;
using System.Text;
using System.Xml;
using Planner.Inputs;

namespace Planner.Gates;

/// <summary>The result as JUnit XML: a suite a plan, a case a rule. No time is measured, so that the same result has the same bytes.</summary>
internal static class JUnitXml
{
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
        NewLineChars = "\n",
    };

    public static string Write(CheckResult result)
    {
        using var text = new MemoryStream();
        using (var xml = XmlWriter.Create(text, Settings))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", "planner check");
            Counts(xml, result.Plans.Sum(plan => plan.Rules.Length) + result.Unreadable.Length, result.Plans.Sum(Failures), result.Plans.Sum(Errors) + result.Unreadable.Length);
            foreach (var plan in result.Plans) Suite(xml, plan);
            foreach (var file in result.Unreadable) Suite(xml, file);
            xml.WriteEndElement();
        }

        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }

    private static int Failures(PlanCheck plan) => plan.Rules.Count(rule => Failed(rule) && !rule.Infeasible);

    private static int Errors(PlanCheck plan) => plan.Rules.Count(rule => Failed(rule) && rule.Infeasible);

    private static bool Failed(RuleResult rule) => rule is { Passed: false, Level: RuleLevel.Error };

    private static void Suite(XmlWriter xml, PlanCheck plan)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Clean(plan.Plan.Path));
        Counts(xml, plan.Rules.Length, Failures(plan), Errors(plan));
        xml.WriteAttributeString("skipped", Text(plan.Rules.Count(rule => rule.Skipped)));
        foreach (var rule in plan.Rules)
        {
            Case(xml, plan.Plan.Path, $"{rule.Metric} {rule.Rule}", () =>
            {
                if (rule.Skipped) Outcome(xml, "skipped", null, rule.Why, "");
                else if (Failed(rule)) Outcome(xml, rule.Infeasible ? "error" : "failure", rule.Infeasible ? "infeasible" : "error", rule.Message, rule.Fix);
                else if (!rule.Passed) xml.WriteElementString("system-out", Clean($"{GateWords.Of(rule.Level)}: {rule.Message}"));
            });
        }

        xml.WriteEndElement();
    }

    private static void Suite(XmlWriter xml, Unreadable file)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Clean(file.Path));
        Counts(xml, 1, 0, 1);
        Case(xml, file.Path, "can be read", () => Outcome(xml, "error", "unreadable", file.Message, ""));
        xml.WriteEndElement();
    }

    private static void Case(XmlWriter xml, string path, string name, Action inside)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Clean(path));
        xml.WriteAttributeString("name", Clean(name));
        xml.WriteAttributeString("time", "0");
        inside();
        xml.WriteEndElement();
    }

    private static void Outcome(XmlWriter xml, string element, string? type, string message, string more)
    {
        xml.WriteStartElement(element);
        if (type is not null) xml.WriteAttributeString("type", type);
        xml.WriteAttributeString("message", Clean(message));
        if (more.Length > 0) xml.WriteString(Clean(more));
        xml.WriteEndElement();
    }

    private static void Counts(XmlWriter xml, int tests, int failures, int errors)
    {
        xml.WriteAttributeString("tests", Text(tests));
        xml.WriteAttributeString("failures", Text(failures));
        xml.WriteAttributeString("errors", Text(errors));
        xml.WriteAttributeString("time", "0");
    }

    // Not every character may stand in XML, escaped or not.
    private static string Clean(string text) => string.Concat(OneLine.Of(text).Select(letter => char.IsSurrogate(letter) || XmlConvert.IsXmlChar(letter) ? letter : '?'));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
