using NUnit.Framework;

namespace Planner.Cost.Tests.Schedules;

/// <summary>
/// DualPipe replayed by two simulators written apart from this project, from the program of DeepSeek's dualpipe.py: an operation starts when
/// its rank is free and its inputs exist, hand-overs take no time. Times in units of one forward chunk.
/// </summary>
internal static class DualPipeReplays
{
    // ranks,micro-batches,F,B,W,pair,total,idle of rank 0,idle of rank P/2-1
    private const string Table = """
        4,8,1,2,1,3,26,2,2
        4,8,1,2,1,2.5,24,1.5,1.5
        4,8,1,2,0.5,2.5,25,2.5,2.5
        4,8,1,2.5,1,3.5,30.5,2.5,2.5
        4,8,1.2,2,1,3,27.2,2.2,2.2
        4,8,1.13,2.47,0.48,3.6,32.57,3.77,3.77
        4,8,1,2,1.2,2.4,23.6,1.4,1.4
        4,16,1,2,1,3,50,2,2
        4,16,1,2,1,2.5,44,1.5,1.5
        4,16,1,2,0.5,2.5,45,2.5,2.5
        4,16,1,2.5,1,3.5,58.5,2.5,2.5
        4,16,1.2,2,1,3,51.2,2.2,2.2
        4,16,1.13,2.47,0.48,3.6,61.37,3.77,3.77
        4,16,1,2,1.2,2.4,42.8,1.4,1.4
        8,16,1,2,1,3,54,6,6
        8,16,1,2,1,2.5,49,3.5,4.5
        8,16,1,2,0.5,2.5,52.5,7,8
        8,16,1,2.5,1,3.5,64,8,8
        8,16,1.2,2,1,3,56.4,6.2,6.6
        8,16,1.13,2.47,0.48,3.6,70.36,12.76,12.76
        8,16,1,2,1.2,2.4,48,3,4.2
        8,20,1,2,1,3,66,6,6
        8,20,1,2,1,2.5,59,3.5,4.5
        8,20,1,2,0.5,2.5,62.5,7,8
        8,20,1,2.5,1,3.5,78,8,8
        8,20,1.2,2,1,3,68.4,6.2,6.6
        8,20,1.13,2.47,0.48,3.6,84.76,12.76,12.76
        8,20,1,2,1.2,2.4,57.6,3,4.2
        8,32,1,2,1,3,102,6,6
        8,32,1,2,1,2.5,89,3.5,4.5
        8,32,1,2,0.5,2.5,92.5,7,8
        8,32,1,2.5,1,3.5,120,8,8
        8,32,1.2,2,1,3,104.4,6.2,6.6
        8,32,1.13,2.47,0.48,3.6,127.96,12.76,12.76
        8,32,1,2,1.2,2.4,86.4,3,4.2
        16,32,1,2,1,3,110,14,14
        16,32,1,2,1,2.5,99,7.5,10.5
        16,32,1,2,0.5,2.5,108.5,17,20
        16,32,1,2.5,1,3.5,132,20,20
        16,32,1.2,2,1,3,114.8,14.2,15.4
        16,32,1.13,2.47,0.48,3.6,146.48,31.28,31.28
        16,32,1,2,1.2,2.4,96.8,6.2,9.8
        16,40,1,2,1,3,134,14,14
        16,40,1,2,1,2.5,119,7.5,10.5
        16,40,1,2,0.5,2.5,128.5,17,20
        16,40,1,2.5,1,3.5,160,20,20
        16,40,1.2,2,1,3,138.8,14.2,15.4
        16,40,1.13,2.47,0.48,3.6,175.28,31.28,31.28
        16,40,1,2,1.2,2.4,116,6.2,9.8
        16,64,1,2,1,3,206,14,14
        16,64,1,2,1,2.5,179,7.5,10.5
        16,64,1,2,0.5,2.5,188.5,17,20
        16,64,1,2.5,1,3.5,244,20,20
        16,64,1.2,2,1,3,210.8,14.2,15.4
        16,64,1.13,2.47,0.48,3.6,261.68,31.28,31.28
        16,64,1,2,1.2,2.4,173.6,6.2,9.8
        16,120,1,2,1,3,374,14,14
        16,120,1,2,1,2.5,319,7.5,10.5
        16,120,1,2,0.5,2.5,328.5,17,20
        16,120,1,2.5,1,3.5,440,20,20
        16,120,1.2,2,1,3,378.8,14.2,15.4
        16,120,1.13,2.47,0.48,3.6,463.28,31.28,31.28
        16,120,1,2,1.2,2.4,308,6.2,9.8
        """;

    public static IEnumerable<TestCaseData> Rows()
    {
        foreach (var line in Table.ReplaceLineEndings("\n").Split('\n'))
        {
            var cells = line.Split(',');
            var (ranks, microBatches) = (int.Parse(cells[0], Invariant), int.Parse(cells[1], Invariant));
            var thousandths = cells[2..].Select(cell => (long)(decimal.Parse(cell, Invariant) * 1000)).ToArray();
            yield return new TestCaseData(
                ranks,
                microBatches,
                new OperationTimes(thousandths[0], thousandths[1], thousandths[2], thousandths[3]),
                thousandths[4],
                thousandths[5],
                thousandths[6]).SetArgDisplayNames($"P{ranks}", $"nc{microBatches}", string.Join('/', cells[2..6]));
        }
    }

    private static IFormatProvider Invariant => System.Globalization.CultureInfo.InvariantCulture;
}
