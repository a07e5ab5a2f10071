using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Planner.Inputs;
using Planner.Plans;

namespace Planner.Commands;

/// <summary>Options whose refusals name the option, what was given and what is allowed.</summary>
internal static class OptionKinds
{
    public static Option<string?> Text(string name, string placeholder, string description) =>
        new(name) { Description = description, HelpName = placeholder, CustomParser = result => NotEmpty(result, name) };

    public static Option<int?> Integer(string name, int least, int most, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            var given = result.Tokens[0].Value;
            if (Whole(given) is { } value && value >= least && value <= most) return value;
            result.AddError($"{name}: '{given}' is not allowed; give a whole number from {least} to {most}");
            return null;
        },
    };

    public static Option<ImmutableArray<int>> Integers(string name, int least, int most, string description) => new(name)
    {
        Description = description,
        HelpName = "N[,N...]",
        DefaultValueFactory = _ => [],
        CustomParser = result => List<int>(result, item =>
        {
            if (Whole(item) is { } value && value >= least && value <= most) return value;
            result.AddError($"{name}: '{item}' is not allowed; give a whole number from {least} to {most}, or several with commas");
            return null;
        }),
    };

    /// <summary>Counts to try in turn: one, several with commas, or a range that doubles from its first to at most its last.</summary>
    public static Option<ImmutableArray<int>> Counts(string name, int least, int most, string example, string description) => new(name)
    {
        Description = description,
        HelpName = "N[,N...]|N..N",
        Arity = ArgumentArity.ExactlyOne,
        DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            var counts = ImmutableArray.CreateBuilder<int>();
            foreach (var item in Items(result))
            {
                var ends = item.Split("..");
                if (ends.Length > 2 || !ends.All(end => Whole(end) is { } value && value >= least && value <= most))
                {
                    result.AddError($"{name}: '{item}' is not allowed; give a whole number from {least} to {most}, several with commas, or a doubling range such as {example}");
                    return [];
                }

                var (first, last) = (Whole(ends[0])!.Value, Whole(ends[^1])!.Value);
                if (first > last)
                {
                    result.AddError($"{name}: the range {item} is empty; give the smaller end first: {last}..{first}");
                    return [];
                }

                for (long count = first; count <= last; count *= 2)
                    if (!counts.Contains((int)count)) counts.Add((int)count);
            }

            return counts.ToImmutable();
        },
    };

    public static Option<double?> Number(string name, string placeholder, double least, double most, string description) => new(name)
    {
        Description = description,
        HelpName = placeholder,
        CustomParser = result =>
        {
            var given = result.Tokens[0].Value;
            if (Real(given) is { } value && value >= least && value <= most) return value;
            result.AddError(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: '{given}' is not allowed; give a number from {least} to {most}"));
            return null;
        },
    };

    /// <summary>A large count: 14.8e12 or 14.8T.</summary>
    public static Option<double?> Count(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "COUNT",
        CustomParser = result =>
        {
            var given = result.Tokens[0].Value;
            var scale = given.Length == 0 ? 1 : char.ToUpperInvariant(given[^1]) switch { 'K' => 1e3, 'M' => 1e6, 'B' => 1e9, 'T' => 1e12, _ => 1 };
            if (Real(scale == 1 ? given : given[..^1]) is { } value && value * scale is >= 1 and <= 1e18) return value * scale;
            result.AddError($"{name}: '{given}' is not allowed; give a count from 1 to 1e18, for example 14.8e12 or 14.8T");
            return null;
        },
    };

    public static Option<T?> Word<T>(string name, Func<T, string> of, string description)
        where T : struct, Enum => new(name)
        {
            Description = description,
            HelpName = string.Join('|', PlanWords.All(of)),
            CustomParser = result => One(result, name, result.Tokens[0].Value, of),
        };

    public static Option<ImmutableArray<T>> Words<T>(string name, Func<T, string> of, string description)
        where T : struct, Enum => new(name)
        {
            Description = description,
            HelpName = string.Join('|', PlanWords.All(of)),
            DefaultValueFactory = _ => [],
            CustomParser = result => List(result, item => One(result, name, item, of)),
        };

    /// <summary>A comma list of names; where <paramref name="allowed"/> is empty, whoever knows the names checks them later.</summary>
    public static Option<ImmutableArray<string>> Names(string name, IReadOnlyCollection<string> allowed, string description) => new(name)
    {
        Description = description,
        HelpName = "NAME[,NAME...]",
        DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            var names = Items(result);
            foreach (var item in names)
            {
                if (item.Length > 0 && (allowed.Count == 0 || allowed.Contains(item))) continue;
                result.AddError(allowed.Count == 0
                    ? $"{name}: an empty name is not allowed"
                    : $"{name}: '{item}' is not allowed; choose from {string.Join(", ", allowed)}.{NearestNames.Hint(item, allowed)}");
                return [];
            }

            return [.. names.Distinct()];
        },
    };

    private static string? NotEmpty(ArgumentResult result, string name)
    {
        var given = result.Tokens[0].Value;
        if (!string.IsNullOrWhiteSpace(given)) return given;
        result.AddError($"{name}: an empty value is not allowed");
        return null;
    }

    private static T? One<T>(ArgumentResult result, string name, string item, Func<T, string> of)
        where T : struct, Enum
    {
        if (PlanWords.Parse(item, of) is { } value) return value;
        result.AddError($"{name}: '{item}' is not allowed; choose from {string.Join(", ", PlanWords.All(of))}");
        return null;
    }

    private static ImmutableArray<T> List<T>(ArgumentResult result, Func<string, T?> parse)
        where T : struct
    {
        var values = ImmutableArray.CreateBuilder<T>();
        foreach (var item in Items(result))
        {
            if (parse(item) is not { } value) return [];
            if (!values.Contains(value)) values.Add(value);
        }

        return values.ToImmutable();
    }

    private static string[] Items(ArgumentResult result) => result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries);

    internal static int? Whole(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static double? Real(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value)
            ? value
            : null;
}
