using System.Collections.Immutable;
using CsCheck;
using NUnit.Framework;
using Planner.Cost.Layout;
using Planner.Plans;

namespace Planner.Tests.Plans;

[TestFixture]
public sealed class LayoutStringTests
{
    private static readonly Gen<StagePlan> AnyPlan = Gen.Select(Gen.Int[0, 12], Gen.Int[0, 12], Gen.Int[0, 1])
        .Select((dense, moe, mtp) => new StageContent(dense, moe, mtp))
        .Array[2, 40]
        .SelectMany(stages => Gen.Int[0, 3].Select(repeat => stages.SelectMany(stage => Enumerable.Repeat(stage, 1 + repeat))))
        .Select(stages => new StagePlan([.. stages]));

    [Test]
    public void Parse_WhatWasWritten_IsTheSame() => AnyPlan.Sample(plan =>
    {
        var parsed = LayoutStringParser.Parse(LayoutString.Write(plan));
        var last = plan.Stages.Length - 1;
        return parsed.Error is null
            && parsed.Stages.SequenceEqual(plan.Stages.Select((stage, at) => LayoutString.Letters(stage, at == 0, at == last)));
    });

    // Strings and counts of Megatron-LM's documentation and recipes.
    [TestCase("Et*3|(tt|)*29,m|L", 32, 61, 1, 16)]
    [TestCase("Et|(tt|)*30mL", 32, 61, 1, 8)]
    [TestCase("Et*2|(tt|)*22t|(tt|)*7mL", 32, 61, 1, 16)]
    [TestCase("Et*4|(tttt|)*14tmL", 16, 61, 1, 16)]
    [TestCase("Et*2|(t*2|)*34,t*3|(t*2|)*3,tL", 40, 80, 0, 8)]
    [TestCase("Et*3|(tt|)*29|L", 32, 61, 0, 16)]
    public void Parse_KnownStrings_HaveTheirStagesAndLayers(string text, int stages, int layers, int modules, int pipeline)
    {
        var parsed = LayoutStringParser.Parse(text);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(parsed.Error, Is.Null);
            Assert.That(parsed.Stages, Has.Length.EqualTo(stages));
            Assert.That(LayoutStringParser.Objection(parsed.Stages, layers, modules, pipeline), Is.Null);
            Assert.That(LayoutStringParser.Objection(parsed.Stages, layers + 1, modules, pipeline), Is.Not.Null);
        }
    }

    [Test]
    public void Parse_RepeatedBar_MakesEmptyStages() =>
        Assert.That(LayoutStringParser.Parse("Et*2|*3L").Stages, Is.EqualTo(new[] { "Ett", "", "", "L" }));

    [TestCase("()*3", "an empty group")]
    [TestCase("((tt|)*3)*2L", "a group inside a group")]
    [TestCase("(t|)L", "a group without *N")]
    [TestCase("(tt|)*2 mL", "' ' is not allowed")]
    [TestCase("Et|(tt|L", "a ( without its )")]
    [TestCase("Et)*2L", "a ) without its (")]
    [TestCase("Et|xL", "'x' is not allowed")]
    [TestCase("*3L", "a * without a letter")]
    [TestCase("Et*99999999999L", "more than 100000 letters")]
    [TestCase("E(t|)*99999999999L", "more than 100000 letters")]
    public void Parse_Wrong_SaysWhat(string text, string error) => Assert.That(LayoutStringParser.Parse(text).Error, Does.StartWith(error));

    [TestCase("Et|tL|", 2, 0, 2, "3 stages are not a multiple of pp 2")]
    [TestCase("tE|tL", 2, 0, 2, "E must come first")]
    [TestCase("Et|EtL", 2, 0, 2, "E must come first, and once")]
    [TestCase("EtL|t", 2, 0, 2, "L must come last")]
    [TestCase("Et|tL", 3, 0, 2, "2 t, but the model has 3 layers")]
    [TestCase("Et|tmL", 2, 0, 2, "1 m, but the model has 0 MTP modules")]
    [TestCase("Etm|tL", 2, 1, 2, "no t may follow an m")]
    [TestCase("Etm|mL", 1, 2, 2, "all m must lie in one stage")]
    [TestCase("Et|tm|L||", 2, 1, 5, null)]
    [TestCase("Et|tm|L|", 2, 1, 2, "m must lie in the last chunk of its rank")]
    public void Objection_Misfit_SaysWhat(string text, int layers, int modules, int pipeline, string? objection)
    {
        var actual = LayoutStringParser.Objection(LayoutStringParser.Parse(text).Stages, layers, modules, pipeline);
        if (objection is null) Assert.That(actual, Is.Null);
        else Assert.That(actual, Does.StartWith(objection));
    }

    [Test]
    public void Write_SamplePlan_IsShort() => Assert.That(LayoutString.Write(SamplePlan.Stages), Is.EqualTo("Etttt|(tttt|)*14,tmL"));

    [Test]
    public void Write_LongStages_CountsLetters() => Assert.That(
        LayoutString.Write(new StagePlan([new(5, 0, 0), new(6, 0, 0), new(6, 0, 0), new(0, 5, 1)])),
        Is.EqualTo("Et*5|(t*6|)*2,t*5,mL"));

    [Test]
    public void Place_OtherModel_IsRefused()
    {
        ImmutableArray<string> letters = ["Et", "tL"];
        Assert.That(
            () => StageLetters.Place(letters, SamplePlan.Plan().Model, 2),
            Throws.TypeOf<RefusedException>().With.Message.EqualTo("the layout does not fit DeepSeek-V3: 2 t, but the model has 61 layers"));
    }
}
