using System.Text;
using NUnit.Framework;
using Planner.Plans;

namespace Planner.Tests.Plans;

[TestFixture]
public sealed class JsonOutlineTests
{
    private static readonly JsonOutline Outline = JsonOutline.Of(Encoding.UTF8.GetBytes("""
        {
          "a": 1.5, "b": {
            "c": -2e3,

            "d": {"e": 0}, "text": "é\n{", "list": [1, {"c": 7},
              2],
            "after": null
          },
          "last": 9
        }
        """));

    [TestCase("a", 2, 1.5)]
    [TestCase("b", 2, null)]
    [TestCase("b.c", 3, -2000)]
    [TestCase("b.d.e", 5, 0)]
    [TestCase("b.text", 5, null)]
    [TestCase("b.list", 5, null)]
    [TestCase("b.after", 7, null)]
    [TestCase("last", 9, 9)]
    [TestCase("c", null, null)]
    [TestCase("b.list.c", null, null)]
    public void Of_Object_KnowsLinesAndNumbers(string path, int? line, double? number)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Outline.Line(path), Is.EqualTo(line));
            Assert.That(Outline.Number(path), Is.EqualTo(number));
        }
    }
}
