using NUnit.Framework;

namespace Planner.Tests.Commands;

[TestFixture]
public sealed class UsageErrorTests
{
    private const string Help = "; try planner solve --help";

    [TestCase("--gpus 0", "--gpus: '0' is not allowed; give a whole number from 1 to 2097152, several with commas, or a doubling range such as 512..4096" + Help)]
    [TestCase("--gpus -8", "--gpus: '-8' is not allowed; give a whole number from 1 to 2097152, several with commas, or a doubling range such as 512..4096" + Help)]
    [TestCase("--gpus 99999999999999", "--gpus: '99999999999999' is not allowed; give a whole number from 1 to 2097152, several with commas, or a doubling range such as 512..4096" + Help)]
    [TestCase("--gpus 2097153", "--gpus: '2097153' is not allowed; give a whole number from 1 to 2097152, several with commas, or a doubling range such as 512..4096" + Help)]
    [TestCase("--gpus 8.5", "--gpus: '8.5' is not allowed; give a whole number from 1 to 2097152, several with commas, or a doubling range such as 512..4096" + Help)]
    [TestCase("--gpus eight", "--gpus: 'eight' is not allowed; give a whole number from 1 to 2097152, several with commas, or a doubling range such as 512..4096" + Help)]
    [TestCase("--gpus 1,000", "--gpus: '000' is not allowed; give a whole number from 1 to 2097152, several with commas, or a doubling range such as 512..4096" + Help)]
    [TestCase("--gpus 4096..512", "--gpus: the range 4096..512 is empty; give the smaller end first: 512..4096" + Help)]
    [TestCase("--gpus 8..", "--gpus: '8..' is not allowed; give a whole number from 1 to 2097152, several with commas, or a doubling range such as 512..4096" + Help)]
    [TestCase("--gpus 8,16 --batch 1,2,3", "--gpus has 2 counts and --batch 3; give one batch for all counts, or as many batches as counts")]
    [TestCase("--gpus 8,16 --objective pareto", "several --gpus or --batch are planned for the fastest step; give one of each to --objective pareto")]
    [TestCase("--gpus 8,16 --audit", "several --gpus or --batch are planned for the fastest step; give one of each to --audit")]
    [TestCase("--gpus", "Required argument missing for option: '--gpus'" + Help)]
    [TestCase("--gpus 8 --gpus 16", "Option '--gpus' expects a single argument but 2 were provided" + Help)]
    [TestCase("--batch 0", "--batch: '0' is not allowed; give a whole number from 1 to 16777216, several with commas, or a doubling range such as 4096..16384" + Help)]
    [TestCase("--seq 16777217", "--seq: '16777217' is not allowed; give a whole number from 1 to 16777216" + Help)]
    [TestCase("--threads 0", "--threads: '0' is not allowed; give a whole number from 1 to 1024" + Help)]
    [TestCase("--time-limit 0", "--time-limit: '0' is not allowed; give a number from 0.01 to 86400" + Help)]
    [TestCase("--time-limit NaN", "--time-limit: 'NaN' is not allowed; give a number from 0.01 to 86400" + Help)]
    [TestCase("--load-factor 0.5", "--load-factor: '0.5' is not allowed; give a number from 1 to 100" + Help)]
    [TestCase("--memory-limit 1e9", "--memory-limit: '1e9' is not allowed; give a number from 0.001 to 65536" + Help)]
    [TestCase("--tokens 0", "--tokens: '0' is not allowed; give a count from 1 to 1e18, for example 14.8e12 or 14.8T" + Help)]
    [TestCase("--tokens T", "--tokens: 'T' is not allowed; give a count from 1 to 1e18, for example 14.8e12 or 14.8T" + Help)]
    [TestCase("--tp maybe", "--tp: 'maybe' is not allowed; give avoid, allow, or whole numbers from 1 to 1024 with commas" + Help)]
    [TestCase("--tp 1,,2", "--tp: '' is not allowed; give avoid, allow, or whole numbers from 1 to 1024 with commas" + Help)]
    [TestCase("--cp 0", "--cp: '0' is not allowed; give a whole number from 1 to 2097152, or several with commas" + Help)]
    [TestCase("--pp 8,x", "--pp: 'x' is not allowed; give a whole number from 1 to 2097152, or several with commas" + Help)]
    [TestCase("--vpp 2000", "--vpp: '2000' is not allowed; give a whole number from 1 to 1024, or several with commas" + Help)]
    [TestCase("--ep 64,", "--ep: '' is not allowed; give a whole number from 1 to 2097152, or several with commas" + Help)]
    [TestCase("--dp 1.0", "--dp: '1.0' is not allowed; give a whole number from 1 to 2097152, or several with commas" + Help)]
    [TestCase("--micro-batch 0", "--micro-batch: '0' is not allowed; give a whole number from 1 to 16777216, or several with commas" + Help)]
    [TestCase("--precision fp4", "--precision: 'fp4' is not allowed; choose from bf16, fp16, fp8, mxfp8, nvfp4" + Help)]
    [TestCase("--sharding zero1,zero9", "--sharding: 'zero9' is not allowed; choose from none, zero1, zero2, zero3" + Help)]
    [TestCase("--schedule dualpip", "--schedule: 'dualpip' is not allowed; choose from gpipe, 1f1b, interleaved, zb1p, zb2p, zbv, dualpipe, dualpipev."
        + " Did you mean dualpipe or dualpipev? Try planner solve --help")]
    [TestCase("--recompute none,", "--recompute: an empty name is not allowed" + Help)]
    [TestCase("--format xml", "--format: 'xml' is not allowed; choose from text, json, csv" + Help)]
    [TestCase("--robust --objective memory", "--robust goes with --objective time, one --gpus and one --batch")]
    [TestCase("--robust --batch 8,16", "--robust goes with --objective time, one --gpus and one --batch")]
    [TestCase("--objective speed", "--objective: 'speed' is not allowed; choose from time, memory, pareto" + Help)]
    [TestCase("--max-step-increase 5%", "--max-step-increase goes with --objective memory or --objective pareto; the fastest plan has no longer step")]
    [TestCase("--objective memory --max-step-increase much", "--max-step-increase: 'much' is not allowed; give a percentage from 0% to 400%, for example 5%" + Help)]
    [TestCase("--objective memory --max-step-increase -5%", "--max-step-increase: '-5%' is not allowed; give a percentage from 0% to 400%, for example 5%" + Help)]
    [TestCase("--objective pareto --max-step-increase 401", "--max-step-increase: '401' is not allowed; give a percentage from 0% to 400%, for example 5%" + Help)]
    [TestCase("--objective pareto --audit", "--audit goes with --objective time; a front has no joint model")]
    [TestCase("--bach 8", "unknown option '--bach'. Did you mean --batch? Try planner solve --help")]
    [TestCase("stray", "'stray' is not expected here" + Help)]
    [TestCase("@file", "'@file' is not expected here" + Help)]
    [TestCase("--report /dev/null", "--report: '/dev/null' is a file; give a folder")]
    [TestCase("-o /nowhere/plan.json", "--output: the folder of '/nowhere/plan.json' does not exist; make it first")]
    [TestCase("-o /tmp", "--output: '/tmp' is a folder; give a file name")]
    public void Solve_BadOption_IsOneLineOnErrorAndExits1(string option, string line)
    {
        var planner = new FakePlanner(FakePlanner.Found);
        string[] given = option.StartsWith("--gpus", StringComparison.Ordinal) ? ["solve", "--model", "v3-671b", "--hw", "h800"] : Run.Minimal;
        var run = Run.Of(planner, [.. given, .. option.Split(' ')]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run, Is.EqualTo(new Run(1, "", "planner: " + line + "\n")));
            Assert.That(planner.Solved, Is.Null);
        }
    }

    [TestCase("", "no verb is given; choose from solve, estimate, check, diff, validate, calibrate, list; try planner --help")]
    [TestCase("slove", "'slove' is not a verb; choose from solve, estimate, check, diff, validate, calibrate, list; try planner --help")]
    [TestCase("solve", "--model and --gpus and --hw are missing; for example --model v3-671b --gpus 2048 --hw h800")]
    [TestCase("solve --model v3-671b --gpus 8", "--hw is missing; for example --model v3-671b --gpus 2048 --hw h800")]
    [TestCase("list", "no catalog is given; choose from models, hardware, stacks, schedules, metrics; for example planner list models")]
    [TestCase("list gpus", "'gpus' is not a catalog; choose from models, hardware, stacks, schedules, metrics; for example planner list models")]
    [TestCase("list models hardware", "'hardware' is not expected here; try planner list --help")]
    public void BadUse_IsOneLineOnErrorAndExits1(string args, string line) => Assert.That(
        Run.Of(new FakePlanner(FakePlanner.Found), args.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        Is.EqualTo(new Run(1, "", "planner: " + line + "\n")));

    [TestCase("")]
    [TestCase("  ")]
    public void Solve_EmptyModel_IsRefused(string model) => Assert.That(
        Run.Of(new FakePlanner(FakePlanner.Found), "solve", "--model", model, "--gpus", "8", "--hw", "h800"),
        Is.EqualTo(new Run(1, "", "planner: --model: an empty value is not allowed" + Help + "\n")));
}
