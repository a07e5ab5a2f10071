using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Planner.Search;

/// <summary>
/// A dense linear programme of few variables that gets more and more rows: least c x with every row and every variable between two limits. The
/// dual simplex method on the active set: as many rows and limits of variables as there are variables hold with equality, with multipliers of
/// the right sign; one that is broken much for how fast it changes the multipliers (Devex) comes in, the one whose multiplier falls to zero
/// first goes. A set that was best stays a good start when limits move or rows are added. Multipliers have the right sign at every moment,
/// whatever is lost to rounding elsewhere.
/// </summary>
internal sealed class DualSimplex
{
    private const double Broken = 1e-9;

    // A pivot on less makes of rounding what nothing recovers from.
    private const double Flat = 1e-6;

    // Share of the objective by which two ways to it may differ.
    private const double Off = 1e-7;

    // Pivots after which the inverse is made anew.
    private const int Fresh = 400;

    private readonly int width;
    private readonly double[] cost;
    private readonly SimplexLimits[] variables;
    private readonly List<SimplexLimits> rows = [];

    // Its parts again, for they are in every loop.
    private readonly ActiveSet set;
    private readonly SimplexLimits[] active;
    private readonly double[][] inverse;
    private readonly double[] multiplier;
    private readonly double[] side;
    private readonly double[] weight;
    private readonly double[] x;

    // By place: what is active there has one value only.
    private readonly bool[] held;

    // By variable, padded: its limits where it is not active, else none; its Devex.
    private readonly double[] least;
    private readonly double[] most;
    private readonly double[] pace;

    // Rows that were broken when all were looked at last.
    private readonly List<SimplexLimits> suspects = [];
    private ActiveSet? kept;

    /// <param name="cost">By variable.</param>
    public DualSimplex(ReadOnlySpan<double> cost)
    {
        width = PaddedVector.Width(cost.Length);
        this.cost = PaddedVector.Of(cost);
        variables = [.. Enumerable.Range(0, cost.Length).Select(variable => new SimplexLimits(variable))];
        set = new ActiveSet(variables.Length, width);
        (active, inverse, multiplier, side) = (set.Limits, set.Inverse, set.Multiplier, set.Side);
        weight = new double[variables.Length];
        x = new double[width];
        held = new bool[variables.Length];
        (least, most, pace) = (new double[width], new double[width], new double[width]);
        Array.Fill(least, double.NegativeInfinity);
        Array.Fill(most, double.PositiveInfinity);
    }

    public int Rows => rows.Count;

    /// <summary>The point where all that is active holds.</summary>
    public ReadOnlySpan<double> X => x.AsSpan(0, variables.Length);

    /// <summary>What the point costs.</summary>
    public double Objective => PaddedVector.Dot(cost, x);

    /// <summary>Pivots of all solves.</summary>
    public long Pivots { get; private set; }

    /// <summary>Multiplier of a row: above zero where its lower limit is active, below where its upper one is.</summary>
    public double Multiplier(int row) => rows[row].Active ? multiplier[rows[row].Place] : 0;

    public bool Active(int row) => rows[row].Active;

    public void Limit(int variable, double least, double most) => (variables[variable].Least, variables[variable].Most) = (least, most);

    public void LimitRow(int row, double least, double most) => (rows[row].Least, rows[row].Most) = (least, most);

    public int AddRow(ReadOnlySpan<double> normal, double least, double most)
    {
        rows.Add(new SimplexLimits(PaddedVector.Of(normal)) { Least = least, Most = most });
        return rows.Count - 1;
    }

    /// <summary>Leaves out rows that are not active.</summary>
    public void Keep(ReadOnlySpan<bool> keep)
    {
        var kept = 0;
        for (var row = 0; row < keep.Length; row++)
            if (keep[row]) rows[kept++] = rows[row];
        rows.RemoveRange(kept, rows.Count - kept);
        suspects.Clear();
    }

    /// <summary>Begins with these: variables' limits (their indices) and rows (~ their indices) whose normals are independent and whose multipliers get the right signs.</summary>
    public void Begin(ReadOnlySpan<int> items)
    {
        set.Clear();
        Array.Fill(side, 1);
        for (var i = 0; i < items.Length; i++) set.Put(i, items[i] >= 0 ? variables[items[i]] : rows[~items[i]]);
        Refresh();
    }

    /// <summary>
    /// Pivots until nothing is broken, the objective is above <paramref name="enough"/>, there were as many pivots as allowed, or it is cancelled; the
    /// multipliers bound the objective in every case. False where nothing satisfies all limits. The inverse is made anew where the answer is not sound.
    /// </summary>
    public bool Solve(int mostPivots, double enough, CancellationToken cancel)
    {
        Turn();
        foreach (var variable in variables) Open(variable);
        Point();
        Pace();
        var (moved, stale) = (false, false);
        for (var left = mostPivots; ; left--)
        {
            if (set.Pivots >= Fresh || stale)
            {
                Refresh();
                Point();
                Pace();
                (moved, stale) = (false, false);
            }

            var (entering, sign) = ((SimplexLimits?)null, 0);
            if (left > 0 && !cancel.IsCancellationRequested && Objective <= enough)
            {
                (entering, sign) = MostBroken();
                if (entering is null && moved)
                {
                    // A point reached in many steps is off by their rounding.
                    Point();
                    moved = false;
                    continue;
                }
            }

            var leaving = -1;
            if (entering is not null)
            {
                Weigh(entering);
                leaving = Leaving(sign);
            }

            if (leaving < 0)
            {
                // What many pivots made of rounding is no answer.
                if (set.Pivots == 0 || (entering is null && Sound())) return entering is null;
                stale = true;
                continue;
            }

            Pivot(leaving, entering!, sign);
            Move(entering!);
            moved = true;
        }
    }

    /// <summary>Keeps what is active, to go back to.</summary>
    public void Remember() => (kept ??= new ActiveSet(active.Length, width)).Copy(set);

    /// <summary>Goes back to what was kept last; no row may have been left out since.</summary>
    public void GoBack()
    {
        set.Clear();
        set.Copy(kept!);
        for (var i = 0; i < active.Length; i++) active[i].Place = i;
    }

    /// <summary>Where all that is active holds, the costs are the sum of its limits times multipliers, unless too much was lost to rounding.</summary>
    public bool Sound()
    {
        var sum = 0.0;
        for (var i = 0; i < active.Length; i++) sum += multiplier[i] * (side[i] < 0 ? active[i].Most : active[i].Least);
        return Math.Abs(sum - Objective) <= Off * Math.Max(1, Math.Abs(sum));
    }

    // Begins with distances in space; after many pivots what was followed is far off.
    private void Pace()
    {
        Array.Fill(pace, 1);
        foreach (var row in rows) row.Pace = row.Square;
    }

    // To where what came in holds: all else that is active holds along its column.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Move(SimplexLimits entered)
    {
        var (place, own) = (entered.Place, PaceOf(entered));
        var column = inverse[place];
        var step = (side[place] < 0 ? entered.Most : entered.Least) - entered.Times(x);
        PaddedVector.AddTimes(x, step, column);
        var shares = PaddedVector.Vectors(column);
        var paces = PaddedVector.Vectors(pace)[..shares.Length];
        var times = Vector256.Create(own);
        for (var i = 0; i < shares.Length; i++) paces[i] = Vector256.Max(paces[i], shares[i] * shares[i] * times);
        foreach (var row in suspects)
        {
            var share = row.Times(column);
            row.Value += step * share;
            row.Pace = Math.Max(row.Pace, share * share * own);
        }
    }

    // Sum over what is active of its limit times its column.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Point()
    {
        Array.Clear(x);
        for (var i = 0; i < active.Length; i++) PaddedVector.AddTimes(x, side[i] < 0 ? active[i].Most : active[i].Least, inverse[i]);
        foreach (var row in suspects) row.Value = row.Times(x);
    }

    // Of the variables and of the rows that were broken when all were looked at last; of all rows where none of these is.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (SimplexLimits? Broken, int Sign) MostBroken()
    {
        var (worst, variable) = MostBrokenVariable();
        (SimplexLimits? Limits, int Sign) broken = variable < 0 ? (null, 0) : (variables[variable], x[variable] < least[variable] ? 1 : -1);
        foreach (var row in suspects) Compare(row);
        if (broken.Limits is not null) return broken;
        suspects.Clear();
        foreach (var row in rows)
        {
            if (row.Active) continue;
            row.Value = row.Times(x);
            if (row.Outside.Amount > Broken * Math.Sqrt(row.Square)) suspects.Add(row);
        }

        foreach (var row in suspects) Compare(row);
        return broken;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Compare(SimplexLimits limits)
        {
            if (limits.Active) return;
            var (amount, sign) = limits.Outside;
            if (amount <= 0 || amount * amount <= worst * limits.Pace || amount * amount <= Broken * Broken * limits.Square) return;
            (broken, worst) = ((limits, sign), amount * amount / limits.Pace);
        }
    }

    // The first variable whose distance from its limits, squared, is the greatest for its pace, and that share; -1 where none is broken.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (double Worst, int Variable) MostBrokenVariable()
    {
        var points = PaddedVector.Vectors(x);
        var low = PaddedVector.Vectors(least)[..points.Length];
        var high = PaddedVector.Vectors(most)[..points.Length];
        var paces = PaddedVector.Vectors(pace)[..points.Length];
        var (worst, worstPace, where) = (Vector256<double>.Zero, Vector256<double>.One, Vector256.Create(-1.0));
        var here = Vector256.Create(0.0, 1, 2, 3);
        for (var i = 0; i < points.Length; i++)
        {
            var outside = Vector256.Max(low[i] - points[i], points[i] - high[i]);
            var square = outside * outside;
            var worse = Vector256.GreaterThan(outside, Vector256.Create(Broken)) & Vector256.GreaterThan(square * worstPace, worst * paces[i]);
            worst = Vector256.ConditionalSelect(worse, square, worst);
            worstPace = Vector256.ConditionalSelect(worse, paces[i], worstPace);
            where = Vector256.ConditionalSelect(worse, here, where);
            here += Vector256.Create(4.0);
        }

        worst /= worstPace;
        var lane = 0;
        for (var other = 1; other < Vector256<double>.Count; other++)
            if (worst[other] > worst[lane] || (worst[other] == worst[lane] && where[other] >= 0 && where[other] < where[lane])) lane = other;
        return (worst[lane], (int)where[lane]);
    }

    // The normal of what comes in as a sum of the active normals.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Weigh(SimplexLimits entering)
    {
        for (var i = 0; i < weight.Length; i++) weight[i] = entering.Times(inverse[i]);
    }

    // The active one whose multiplier falls to zero first; of several about the same, that with the greatest weight.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Leaving(int sign)
    {
        var (leaving, first) = (-1, double.MaxValue);
        for (var i = 0; i < active.Length; i++)
        {
            var fall = sign * weight[i];
            if (Math.Abs(fall) <= Flat || held[i] || side[i] * fall < 0) continue;
            var step = Math.Abs(multiplier[i] / fall);
            if (step > first * (1 + 1e-12)) continue;
            if (leaving >= 0 && step >= first * (1 - 1e-12) && Math.Abs(weight[i]) <= Math.Abs(weight[leaving])) continue;
            (leaving, first) = (i, step);
        }

        return leaving;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pivot(int leaving, SimplexLimits entering, int sign)
    {
        var step = multiplier[leaving] / weight[leaving];
        var pivot = inverse[leaving];
        var factor = 1 / weight[leaving];
        for (var j = 0; j < width; j++) pivot[j] *= factor;
        for (var i = 0; i < active.Length; i++)
        {
            if (i == leaving || weight[i] == 0) continue;
            multiplier[i] = Signed(i, multiplier[i] - (step * weight[i]));
            PaddedVector.AddTimes(inverse[i], -weight[i], pivot);
        }

        var left = active[leaving];
        left.Place = -1;
        var after = Math.Max(PaceOf(entering) * factor * factor, left.Square);
        if (left.Variable >= 0) pace[left.Variable] = after;
        else left.Pace = after;
        set.Put(leaving, entering);
        Open(left);
        Open(entering);
        held[leaving] = entering.Least == entering.Most;
        side[leaving] = sign;
        multiplier[leaving] = Signed(leaving, step);
        set.Pivots++;
        Pivots++;
    }

    // Rounding must not turn a multiplier; only where the limits are the same it may have any sign.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double Signed(int i, double value)
    {
        if (side[i] * value >= 0) return value;
        return held[i] ? value : 0;
    }

    private double PaceOf(SimplexLimits limits) => limits.Variable >= 0 ? pace[limits.Variable] : limits.Pace;

    // Limits of a variable that is active are of no interest.
    private void Open(SimplexLimits limits)
    {
        if (limits.Variable < 0) return;
        (least[limits.Variable], most[limits.Variable]) = limits.Active ? (double.NegativeInfinity, double.PositiveInfinity) : (limits.Least, limits.Most);
    }

    // Limits may have moved: a multiplier of the other sign belongs to the other limit.
    private void Turn()
    {
        for (var i = 0; i < active.Length; i++)
        {
            held[i] = active[i].Least == active[i].Most;
            if (double.IsNegativeInfinity(active[i].Least)) side[i] = -1;
            else if (double.IsPositiveInfinity(active[i].Most)) side[i] = 1;
            else if (multiplier[i] != 0) side[i] = multiplier[i] > 0 ? 1 : -1;
            multiplier[i] = Signed(i, multiplier[i]);
        }
    }

    private void Refresh()
    {
        set.Invert();
        for (var i = 0; i < active.Length; i++) multiplier[i] = PaddedVector.Dot(cost, inverse[i]);
        Turn();
    }
}
