using Planner.Cost.Models;
namespace Planner.Cost.Traffic;
public static class RouterReach
{
    public static double[] Expected(MoeSpec moe, ReadOnlySpan<int> parts)
    {
        var r = new double[parts.Length]; var seed = 12345UL;
        double Next() { seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17; return (seed >> 11) * (1.0 / (1UL << 53)); }
        var n = 8000; var s = new double[moe.Experts]; var g = moe.Router.Groups; var per = moe.Experts / g;
        for (var t = 0; t < n; t++)
        {
            for (var i = 0; i < s.Length; i++) s[i] = Next();
            var gs = Enumerable.Range(0, g).Select(k => { var a = s.AsSpan(k * per, per).ToArray(); Array.Sort(a); return (k, moe.Router.Score == GroupScore.Highest || per < 2 ? a[^1] : a[^1] + a[^2]); }).OrderByDescending(x => x.Item2).Take(moe.Router.GroupLimit).Select(x => x.k).ToHashSet();
            var top = Enumerable.Range(0, s.Length).Where(e => gs.Contains(e / per)).OrderByDescending(e => s[e]).Take(moe.TopK).ToArray();
            for (var p = 0; p < parts.Length; p++) { var m = moe.Experts / parts[p]; r[p] += top.Select(e => e / m).Distinct().Count() / (double)n; }
        }
        return r;
    }
}
