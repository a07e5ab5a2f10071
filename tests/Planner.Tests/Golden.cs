using System.Runtime.CompilerServices;
using NUnit.Framework;

namespace Planner.Tests;

/// <summary>Compares text with the file NAME.verified.txt beside the test. PLANNER_ACCEPT=1 writes what was received over it.</summary>
internal static class Golden
{
    public static void Verify(string received, string name, [CallerFilePath] string test = "")
    {
        var path = Path.Join(Path.GetDirectoryName(test), name + ".verified.txt");
        if (Environment.GetEnvironmentVariable("PLANNER_ACCEPT") == "1")
        {
            File.WriteAllText(path, received);
            return;
        }

        Assert.That(File.Exists(path), $"{path} is missing; run with PLANNER_ACCEPT=1 and read what it wrote");
        Assert.That(received, Is.EqualTo(File.ReadAllText(path)));
    }
}
