using System.Globalization;
using NUnit.Framework;

namespace Planner.Cost.Tests.Kernels;

/// <summary>One constant rate a head width against data/kernels/attention-*.csv: sequences of 4,096 and more, 16 heads times batch and more.</summary>
[TestFixture]
public sealed class AttentionTableTests
{
    [TestCase("a100", 128, 190, 0.075)]
    [TestCase("a100", 192, 154, 0.041)]
    [TestCase("h100", 64, 478, 0.11)]
    [TestCase("h100", 128, 574, 0.057)]
    [TestCase("h100", 192, 570, 0.102)]
    [TestCase("h100", 256, 646, 0.063)]
    [TestCase("b200", 64, 670, 0.15)]
    [TestCase("b200", 128, 1166, 0.12)]
    [TestCase("b200", 192, 1138, 0.15)]
    [TestCase("gb200", 64, 702, 0.17)]
    [TestCase("gb200", 128, 1264, 0.14)]
    [TestCase("gb200", 192, 1282, 0.165)]
    [TestCase("l40s", 64, 168, 0.066)]
    [TestCase("l40s", 128, 198, 0.046)]
    public void Forward_has_one_rate_a_width(string accelerator, int width, double rate, double error)
    {
        var measured = Read("attention-forward.csv")
            .Where(cells => cells[0] == accelerator && Whole(cells[1]) == width)
            .Select(cells => Real(cells[5]))
            .ToList();
        Assert.That(measured, Has.Count.EqualTo(12));
        Assert.That(measured.Average(tflops => Math.Abs((tflops / rate) - 1)), Is.LessThan(error));
    }

    [TestCase("a100-pcie", "TransformerEngine", 128, 151, 0.043)]
    [TestCase("a100-pcie", "TransformerEngine", 192, 124, 0.021)]
    [TestCase("h100", "FlashAttention-3", 128, 559, 0.012)]
    [TestCase("h100", "cuDNN", 128, 516, 0.013)]
    [TestCase("b200", "TransformerEngine", 128, 896, 0.05)]
    [TestCase("b200", "TransformerEngine", 192, 723, 0.037)]
    [TestCase("mi355x", "aiter", 128, 1034, 0.076)]
    public void Backward_has_one_rate_a_width(string accelerator, string kernel, int width, double rate, double error)
    {
        var measured = Read("attention-training.csv")
            .Where(cells => cells[0] == accelerator && cells[1] == "backward" && cells[10] == kernel && Whole(cells[2]) == width)
            .Where(cells => Whole(cells[4]) >= 4096 && Whole(cells[5]) * Whole(cells[6]) >= 16)
            .Select(cells => Real(cells[9]))
            .ToList();
        Assert.That(measured, Has.Count.GreaterThanOrEqualTo(3));
        Assert.That(measured.Average(tflops => Math.Abs((tflops / rate) - 1)), Is.LessThan(error));
    }

    private static IEnumerable<string[]> Read(string name) =>
        File.ReadLines(Path.Join(DeepGemmTable.Root(), "data", "kernels", name)).Skip(1).Select(line => line.Split(','));

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Real(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
