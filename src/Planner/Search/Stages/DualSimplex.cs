using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Planner.Search;

/// <summary>
/// A dense linear programme of few variables that gets more and more rows: least c x with every row and every variable between two limits. The
/// dual simplex method on the active set: as many rows and limits of variables as there are variables hold with equality, with multipliers of
/// the right sign; one that is broken much for how fast it changes the multipliers (Devex) comes in, the one whose multiplier falls to zero
/// first goes. A set that was best stays a good start when limits move or rows are added. Multipliers have the right sign at every moment,
/// whatever is lost to rounding elsewhere. Vectors have a fixed width, so that every machine gets the same numbers.
/// </summary>
internal sealed class DualSimplex
{
    private const double Broken = 1e-9;
    private const double Flat = 1e-9;

    // Pivots after which the inverse is made anew.
    private const int Fresh = 150;

    private readonly int variables;
    private readonly int width;
    private readonly double[] cost;
    private readonly double[] variableLower;
    private readonly double[] variableUpper;
    private readonly List<double[]> normals = [];
    private readonly List<double> lower = [];
    private readonly List<double> upper = [];
    private readonly List<double> squares = [];
    private readonly List<int> placeOfRow = [];
    private readonly int[] placeOfVariable;

    // What is active: a variable's limit (its index) or a row (~ its index); the columns of the inverse of their normals, and multipliers.
    private readonly int[] active;
    private readonly double[][] inverse;
    private readonly double[] multiplier;

    // 1: at its lower limit, -1: at its upper one.
    private readonly int[] side;
    private readonly double[] weight;
    private readonly double[] x;

    // Rows that were broken when all were looked at last, and their values since then.
    private readonly List<int> suspects = [];
    private readonly List<double> values = [];

    // Devex: about the square of how fast the multipliers change where a row or a variable's limit comes in.
    private readonly List<double> pace = [];
    private readonly double[] paceOfVariable;
    private int pivots;

    /// <param name="cost">By variable.</param>
    public DualSimplex(ReadOnlySpan<double> cost)
    {
        variables = cost.Length;
        width = (variables + 3) & ~3;
        this.cost = Padded(cost);
        variableLower = new double[variables];
        variableUpper = new double[variables];
        Array.Fill(variableLower, double.NegativeInfinity);
        Array.Fill(variableUpper, double.PositiveInfinity);
        placeOfVariable = new int[variables];
        Array.Fill(placeOfVariable, -1);
        active = new int[variables];
        inverse = new double[variables][];
        for (var i = 0; i < variables; i++) inverse[i] = new double[width];
        multiplier = new double[variables];
        side = new int[variables];
        weight = new double[variables];
        x = new double[width];
        paceOfVariable = new double[variables];
    }

    public int Rows => normals.Count;

    /// <summary>The point where all that is active holds.</summary>
    public ReadOnlySpan<double> X => x.AsSpan(0, variables);

    /// <summary>What the point costs.</summary>
    public double Objective => Dot(cost, x);

    /// <summary>Pivots of all solves.</summary>
    public long Pivots { get; private set; }

    /// <summary>Multiplier of a row: above zero where its lower limit is active, below where its upper one is.</summary>
    public double Multiplier(int row) => placeOfRow[row] < 0 ? 0 : multiplier[placeOfRow[row]];

    public bool Active(int row) => placeOfRow[row] >= 0;

    public void Limit(int variable, double least, double most) => (variableLower[variable], variableUpper[variable]) = (least, most);

    public void LimitRow(int row, double least, double most) => (lower[row], upper[row]) = (least, most);

    public int AddRow(ReadOnlySpan<double> normal, double least, double most)
    {
        normals.Add(Padded(normal));
        lower.Add(least);
        upper.Add(most);
        placeOfRow.Add(-1);
        squares.Add(Dot(normals[^1], normals[^1]));
        pace.Add(squares[^1]);
        values.Add(0);
        return normals.Count - 1;
    }

    /// <summary>Leaves out rows that are not active.</summary>
    public void Keep(ReadOnlySpan<bool> keep)
    {
        var kept = 0;
        for (var row = 0; row < keep.Length; row++)
        {
            if (!keep[row]) continue;
            (normals[kept], lower[kept], upper[kept], squares[kept], placeOfRow[kept]) = (normals[row], lower[row], upper[row], squares[row], placeOfRow[row]);
            pace[kept] = pace[row];
            if (placeOfRow[kept] >= 0) active[placeOfRow[kept]] = ~kept;
            kept++;
        }

        suspects.Clear();
        var gone = normals.Count - kept;
        normals.RemoveRange(kept, gone);
        lower.RemoveRange(kept, gone);
        upper.RemoveRange(kept, gone);
        squares.RemoveRange(kept, gone);
        pace.RemoveRange(kept, gone);
        values.RemoveRange(kept, gone);
        placeOfRow.RemoveRange(kept, gone);
    }

    /// <summary>Begins with these: variables' limits (their indices) and rows (~ their indices) whose normals are independent and whose multipliers get the right signs.</summary>
    public void Begin(ReadOnlySpan<int> items)
    {
        Array.Fill(side, 1);
        for (var i = 0; i < items.Length; i++) Put(i, items[i]);
        Refresh();
    }

    /// <summary>
    /// Pivots until nothing is broken, the objective is above <paramref name="enough"/>, there were as many pivots as allowed, or it is cancelled; the
    /// multipliers bound the objective in every case. False where nothing satisfies all limits.
    /// </summary>
    public bool Solve(int mostPivots, double enough, CancellationToken cancel)
    {
        Turn();
        Point();
        Pace();
        var moved = false;
        for (var left = mostPivots; ; left--)
        {
            if (pivots >= Fresh)
            {
                Refresh();
                Point();
                Pace();
                moved = false;
            }

            if (left <= 0 || cancel.IsCancellationRequested || Dot(cost, x) > enough) return true;
            var (item, sign) = MostBroken();
            if (sign == 0)
            {
                if (!moved) return true;

                // A point reached in many steps is off by their rounding.
                Point();
                moved = false;
                continue;
            }

            Weigh(item);
            var leaving = Leaving(sign);
            if (leaving < 0) return false;
            Pivot(leaving, item, sign);
            Move(leaving);
            moved = true;
        }
    }

    // Begins with distances in space; after many pivots what was followed is far off.
    private void Pace()
    {
        Array.Fill(paceOfVariable, 1);
        for (var row = 0; row < pace.Count; row++) pace[row] = squares[row];
    }

    // To where what came in holds: all else that is active holds along its column.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Move(int place)
    {
        var item = active[place];
        var (least, most) = LimitsOf(item);
        var column = inverse[place];
        var step = (side[place] < 0 ? most : least) - (item >= 0 ? x[item] : Dot(normals[~item], x));
        AddTimes(x, step, column);
        var own = item >= 0 ? paceOfVariable[item] : pace[~item];
        for (var variable = 0; variable < variables; variable++)
        {
            var share = column[variable];
            paceOfVariable[variable] = Math.Max(paceOfVariable[variable], share * share * own);
        }

        foreach (var row in suspects)
        {
            var share = Dot(normals[row], column);
            values[row] += step * share;
            pace[row] = Math.Max(pace[row], share * share * own);
        }
    }

    // Sum over what is active of its limit times its column.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Point()
    {
        Array.Clear(x);
        for (var i = 0; i < active.Length; i++)
        {
            var (least, most) = LimitsOf(active[i]);
            AddTimes(x, side[i] < 0 ? most : least, inverse[i]);
        }

        foreach (var row in suspects) values[row] = Dot(normals[row], x);
    }

    // Of the variables and of the rows that were broken when all were looked at last; of all rows where none of these is.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (int Item, int Sign) MostBroken()
    {
        var (item, sign, worst) = (0, 0, 0.0);
        for (var variable = 0; variable < variables; variable++)
        {
            if (placeOfVariable[variable] >= 0) continue;
            var (amount, of) = Outside(x[variable], variableLower[variable], variableUpper[variable]);
            if (amount <= Broken || amount * amount <= worst * paceOfVariable[variable]) continue;
            (item, sign, worst) = (variable, of, amount * amount / paceOfVariable[variable]);
        }

        Rows();
        if (sign != 0) return (item, sign);
        suspects.Clear();
        for (var row = 0; row < normals.Count; row++)
        {
            if (placeOfRow[row] >= 0) continue;
            values[row] = Dot(normals[row], x);
            if (Outside(values[row], lower[row], upper[row]).Amount > Broken * Math.Sqrt(squares[row])) suspects.Add(row);
        }

        Rows();
        return (item, sign);

        void Rows()
        {
            foreach (var row in suspects)
            {
                if (placeOfRow[row] >= 0) continue;
                var (amount, of) = Outside(values[row], lower[row], upper[row]);
                if (amount <= 0 || amount * amount <= worst * pace[row] || amount * amount <= Broken * Broken * squares[row]) continue;
                (item, sign, worst) = (~row, of, amount * amount / pace[row]);
            }
        }
    }

    // How far a value is outside its limits, and on which side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (double Amount, int Sign) Outside(double value, double least, double most)
    {
        var (missing, over) = (least - value, value - most);
        return missing > over ? (missing, 1) : (over, -1);
    }

    // The normal of what comes in as a sum of the active normals.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Weigh(int item)
    {
        for (var i = 0; i < weight.Length; i++) weight[i] = item >= 0 ? inverse[i][item] : Dot(normals[~item], inverse[i]);
    }

    // The active one whose multiplier falls to zero first; of several about the same, that with the greatest weight.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Leaving(int sign)
    {
        var (leaving, first) = (-1, double.MaxValue);
        for (var i = 0; i < active.Length; i++)
        {
            var fall = sign * weight[i];
            if (Math.Abs(fall) <= Flat) continue;
            var (least, most) = LimitsOf(active[i]);
            if (least == most) continue;

            if (side[i] * fall < 0) continue;
            var step = Math.Abs(multiplier[i] / fall);
            if (step > first * (1 + 1e-12)) continue;
            if (leaving >= 0 && step >= first * (1 - 1e-12) && Math.Abs(weight[i]) <= Math.Abs(weight[leaving])) continue;
            (leaving, first) = (i, step);
        }

        return leaving;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pivot(int leaving, int item, int sign)
    {
        var step = multiplier[leaving] / weight[leaving];
        var pivot = inverse[leaving];
        var factor = 1 / weight[leaving];
        for (var j = 0; j < width; j++) pivot[j] *= factor;
        for (var i = 0; i < active.Length; i++)
        {
            if (i == leaving || weight[i] == 0) continue;
            multiplier[i] = Signed(i, multiplier[i] - (step * weight[i]));
            AddTimes(inverse[i], -weight[i], pivot);
        }

        var own = (item >= 0 ? paceOfVariable[item] : pace[~item]) * factor * factor;
        if (active[leaving] >= 0)
        {
            placeOfVariable[active[leaving]] = -1;
            paceOfVariable[active[leaving]] = Math.Max(own, 1);
        }
        else
        {
            placeOfRow[~active[leaving]] = -1;
            pace[~active[leaving]] = Math.Max(own, squares[~active[leaving]]);
        }

        Put(leaving, item);
        side[leaving] = sign;
        multiplier[leaving] = Signed(leaving, step);
        pivots++;
        Pivots++;
    }

    // Rounding must not turn a multiplier; only where the limits are the same it may have any sign.
    private double Signed(int i, double value)
    {
        if (side[i] * value >= 0) return value;
        var (least, most) = LimitsOf(active[i]);
        return least == most ? value : 0;
    }

    // Limits may have moved: a multiplier of the other sign belongs to the other limit.
    private void Turn()
    {
        for (var i = 0; i < active.Length; i++)
        {
            var (least, most) = LimitsOf(active[i]);
            if (double.IsNegativeInfinity(least)) side[i] = -1;
            else if (double.IsPositiveInfinity(most)) side[i] = 1;
            else if (multiplier[i] != 0) side[i] = Math.Sign(multiplier[i]);
            multiplier[i] = Signed(i, multiplier[i]);
        }
    }

    private void Put(int place, int item)
    {
        active[place] = item;
        if (item >= 0) placeOfVariable[item] = place;
        else placeOfRow[~item] = place;
    }

    private (double Least, double Most) LimitsOf(int item) =>
        item >= 0 ? (variableLower[item], variableUpper[item]) : (lower[~item], upper[~item]);

    // Gauss and Jordan with the greatest pivot of a column.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Refresh()
    {
        pivots = 0;
        var rows = new double[variables][];
        for (var i = 0; i < variables; i++)
        {
            rows[i] = new double[width];
            if (active[i] >= 0) rows[i][active[i]] = 1;
            else normals[~active[i]].CopyTo(rows[i], 0);
        }

        // Row operations on (normals | unit) leave the inverse in the second; its columns are what is kept.
        var unit = new double[variables][];
        for (var i = 0; i < variables; i++) (unit[i] = new double[width])[i] = 1;
        for (var column = 0; column < variables; column++)
        {
            var best = column;
            for (var i = column + 1; i < variables; i++)
                if (Math.Abs(rows[i][column]) > Math.Abs(rows[best][column])) best = i;
            (rows[column], rows[best]) = (rows[best], rows[column]);
            (unit[column], unit[best]) = (unit[best], unit[column]);
            var factor = 1 / rows[column][column];
            for (var j = 0; j < width; j++) (rows[column][j], unit[column][j]) = (rows[column][j] * factor, unit[column][j] * factor);
            for (var i = 0; i < variables; i++)
            {
                var times = rows[i][column];
                if (i == column || times == 0) continue;
                AddTimes(rows[i], -times, rows[column]);
                AddTimes(unit[i], -times, unit[column]);
            }
        }

        for (var i = 0; i < variables; i++)
            for (var j = 0; j < variables; j++) inverse[i][j] = unit[j][i];
        for (var i = 0; i < variables; i++) multiplier[i] = Dot(cost, inverse[i]);
        Turn();
    }

    private double[] Padded(ReadOnlySpan<double> values)
    {
        var padded = new double[width];
        values.CopyTo(padded);
        return padded;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Dot(double[] a, double[] b)
    {
        var sum = Vector256<double>.Zero;
        for (var i = 0; i < a.Length; i += 4) sum += Vector256.Create(a, i) * Vector256.Create(b, i);
        return Vector256.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTimes(double[] sum, double times, double[] values)
    {
        var factor = Vector256.Create(times);
        for (var i = 0; i < sum.Length; i += 4) (Vector256.Create(sum, i) + (factor * Vector256.Create(values, i))).CopyTo(sum, i);
    }
}
