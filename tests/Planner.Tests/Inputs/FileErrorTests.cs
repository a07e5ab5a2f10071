using System.Text;
using CsCheck;
using NUnit.Framework;
using Planner.Inputs;
using Planner.Inputs.Json;

namespace Planner.Tests.Inputs;

[TestFixture]
public sealed class FileErrorTests
{
    [TestCase("{", "1:2: not valid JSON: ")]
    [TestCase("{\"a\": 1,}", "1:9: not valid JSON: ")]
    [TestCase("{\n  \"a\" 1\n}", "2:7: not valid JSON: ")]
    [TestCase("{\"a\": 1} x", "1:10: not valid JSON: ")]
    [TestCase("{'a': 1}", "1:2: not valid JSON: ")]
    [TestCase("{\"ä\": tru}", "1:10: not valid JSON: ")]
    [TestCase("{\"a\": \"\\ud800\"}", "1:7: not valid JSON: half of a surrogate pair in a text")]
    [TestCase("{\"a\": 01}", "1:8: not valid JSON: ")]
    [TestCase("// note\n{}", "1:1: not valid JSON: ")]
    public void Malformed_NamesLineAndColumn(string text, string start)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("bad.json", text);
        var error = Assert.Throws<InputException>(() => new HardwareCatalog().Load(path));
        Assert.That(error.Message, Does.StartWith($"{path}:{start}").And.Not.Contain("LineNumber").And.Not.Contain("reader options"));
    }

    [Test]
    public void DeepNesting_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("deep.json", new string('[', 100_000));
        Assert.That(() => new ModelCatalog().Load(path), Throws.TypeOf<InputException>().With.Message.Contains("depth of 32"));
    }

    [Test]
    public void Directory_Empty_NotUtf8_TooLarge()
    {
        using var folder = new TemporaryFolder();
        string empty = folder.Write("empty.json", "");
        string latin = folder.Write("latin.json", [(byte)'{', 0xE4, (byte)'}']);
        string utf16 = folder.Write("utf16.json", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("{}")).ToArray());
        string large = folder.Write("large.json", new byte[(16 * 1024 * 1024) + 1]);
        var catalog = new ModelCatalog();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Message(() => catalog.Load(folder.Path)), Is.EqualTo($"{folder.Path} is a directory; give the file inside it, for example {folder.Path}/config.json"));
            Assert.That(Message(() => catalog.Load(empty)), Is.EqualTo($"{empty} is empty"));
            Assert.That(Message(() => catalog.Load(latin)), Is.EqualTo($"{latin} is not UTF-8 text; save it as UTF-8"));
            Assert.That(Message(() => catalog.Load(utf16)), Is.EqualTo($"{utf16} is not UTF-8 text; save it as UTF-8"));
            Assert.That(Message(() => catalog.Load(large)), Is.EqualTo($"{large} is larger than 16 MB; a model, hardware or stack file takes a few kB"));
            Assert.That(Message(() => catalog.Load("/dev/zero")), Is.EqualTo("/dev/zero is larger than 16 MB; a model, hardware or stack file takes a few kB"));
        }
    }

    [Test]
    public void ByteOrderMark_IsSkipped()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("bom.json", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Shipped.Text("hardware/h100.json"))]);
        Assert.That(new HardwareCatalog().Load(path).Digest, Is.EqualTo(new HardwareCatalog().Load("h100").Digest));
    }

    [Test]
    public void MissingData_IsNamed()
    {
        using var folder = new TemporaryFolder();
        Assert.That(
            () => new ModelCatalog(folder.Path),
            Throws.TypeOf<InputException>().With.Message.EqualTo($"the data folder {folder.Path}/models is missing; it ships beside the program, install again"));
    }

    /// <summary>Whatever bytes a file holds, the answer is a value or one line.</summary>
    [Test]
    public void DamagedFiles_NeverCrash()
    {
        string[] files = ["models/v3-671b.json", "hardware/h800.json", "stacks/deepseek.json", "models/gpt3-175b.json"];
        byte[][] texts = [.. files.Select(file => Encoding.UTF8.GetBytes(Shipped.Text(file)))];
        string[] scraps = ["", "0", "-1", "1e308", "null", "{}", "[]", "\"", ",", "}", "true", "99999999999999999999", "\"value\"", "\u0000"];
        Gen.Select(Gen.Int[0, files.Length - 1], Gen.Int[0, 1_000_000], Gen.Int[0, 12], Gen.Int[0, scraps.Length - 1]).Sample(
            (which, place, length, scrap) =>
            {
                byte[] text = texts[which];
                int at = place % text.Length;
                byte[] damaged = [.. text[..at], .. Encoding.UTF8.GetBytes(scraps[scrap]), .. text[Math.Min(text.Length, at + length)..]];
                return IsValueOrOneLine(files[which], damaged);
            },
            iter: 2000,
            threads: 1);
    }

    private static bool IsValueOrOneLine(string name, byte[] bytes)
    {
        try
        {
            var text = new InputText(name, bytes);
            if (name.StartsWith("models", StringComparison.Ordinal))
                ModelReader.Read(name, JsonFile.Parse(text));
            else if (name.StartsWith("hardware", StringComparison.Ordinal))
                HardwareReader.Read(name, JsonFile.Parse(text));
            else
                StackReader.Read(name, JsonFile.Parse(text), new KernelTables(null, Shipped.Data));
            return true;
        }
        catch (InputException error)
        {
            return error.Message.Length > 0 && !error.Message.Any(char.IsControl);
        }
    }

    private static string Message(Action action) => Assert.Throws<InputException>(() => action())!.Message;
}
