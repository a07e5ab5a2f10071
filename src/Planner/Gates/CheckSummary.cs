using System.Text;

namespace Planner.Gates;

/// <summary>The file that a CI run shows beside its log.</summary>
internal static class CheckSummary
{
    /// <summary>Appends to a file, in one write and no further than the file may grow.</summary>
    public static void Append(string path, CheckResult result)
    {
        try
        {
            var there = File.Exists(path) ? new FileInfo(path).Length : 0;
            File.AppendAllText(path, CheckMarkdown.Write(result, (int)Math.Max(0, CheckMarkdown.MostBytes - there)), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"--summary: cannot write '{path}': {error.Message}; choose another place");
        }
    }
}
