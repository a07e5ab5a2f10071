using System.Collections.Immutable;
using Planner.Cost.Layout;
using Planner.Inputs.Json;

namespace Planner.Inputs;

/// <summary>The recompute policies of a stack file; modules have Megatron's names.</summary>
internal static class RecomputePolicies
{
    private static readonly (string Name, RecomputeModules Module)[] Words =
    [
        ("layernorm", RecomputeModules.LayerNorm),
        ("mla_up_proj", RecomputeModules.MlaUpProjection),
        ("moe_act", RecomputeModules.Activation),
        ("core_attn", RecomputeModules.CoreAttention),
        ("mlp", RecomputeModules.Mlp),
        ("mlp_up", RecomputeModules.MlpUp),
        ("attn_proj", RecomputeModules.AttentionProjection),
        ("moe", RecomputeModules.Experts),
        ("full", RecomputeModules.Full),
        ("every_second_product", RecomputeModules.EverySecondProduct),
    ];

    public static ImmutableArray<RecomputePolicy> Read(JsonFields fields)
    {
        ImmutableArray<RecomputePolicy>.Builder policies = ImmutableArray.CreateBuilder<RecomputePolicy>();
        foreach (JsonItem item in fields.Array("recompute"))
        {
            JsonFields policy = JsonFields.Of(fields.File, item, fields.PathOf("recompute"));
            string name = policy.Text("name");
            if (policies.Any(known => known.Name == name))
                throw policy.ErrorAt("name", $"recompute policy {OneLine.Quote(name)} is given twice; keep one");
            policies.Add(new RecomputePolicy(name, ReadModules(policy, "modules")));
            policy.RefuseOthers();
        }

        return policies.Count > 0 ? policies.ToImmutable() : throw fields.ErrorAt("recompute", "recompute must name at least one policy");
    }

    /// <summary>A policy by its name in the stack, none, full, or a list of modules joined by +.</summary>
    public static RecomputePolicy Named(string given, ImmutableArray<RecomputePolicy> known)
    {
        if (known.FirstOrDefault(policy => policy.Name == given) is { } named) return named;
        if (given == RecomputePolicy.None.Name) return RecomputePolicy.None;
        RecomputeModules all = RecomputeModules.None;
        foreach (string part in given.Split('+'))
        {
            RecomputeModules module = Words.FirstOrDefault(candidate => candidate.Name == part).Module;
            if (module == RecomputeModules.None)
            {
                string[] names = [.. known.Select(policy => policy.Name), .. Words.Select(candidate => candidate.Name)];
                throw new InputException(
                    $"--recompute {OneLine.Quote(given)}: unknown {OneLine.Quote(part)}.{NearestNames.Hint(part, names)} "
                    + $"Allowed: {OneLine.List(known.Select(policy => policy.Name))}, or modules joined by +: {OneLine.List(Words.Select(candidate => candidate.Name))}");
            }

            all |= module;
        }

        return new RecomputePolicy(given, all);
    }

    /// <summary>A list of modules; null where the field is absent.</summary>
    public static RecomputeModules? Modules(JsonFields fields, string name) => fields.Optional(name) is null ? null : ReadModules(fields, name);

    private static RecomputeModules ReadModules(JsonFields policy, string field)
    {
        RecomputeModules all = RecomputeModules.None;
        foreach (string given in policy.Texts(field))
        {
            RecomputeModules module = Words.FirstOrDefault(known => known.Name == given).Module;
            all |= module != RecomputeModules.None
                ? module
                : throw policy.ErrorAt(
                    field,
                    $"unknown module {OneLine.Quote(given)}; allowed: {OneLine.List(Words.Select(known => known.Name))}");
        }

        return all;
    }
}
