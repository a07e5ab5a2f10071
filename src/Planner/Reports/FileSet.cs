using System.Text;

namespace Planner.Reports;

/// <summary>
/// Files that appear together: each is written beside its target under a temporary name, and all are renamed at the end. Whatever goes wrong
/// before that leaves the targets as they were.
/// </summary>
internal sealed class FileSet : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly List<(string Temporary, string Target)> files = [];

    /// <summary>Refuses a file that cannot be written for a reason that shows before writing.</summary>
    public static void CheckFile(string option, string path)
    {
        if (Directory.Exists(path)) throw new RefusedException($"{option}: '{path}' is a folder; give a file name");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is not null && !Directory.Exists(folder))
            throw new RefusedException($"{option}: the folder of '{path}' does not exist; make it first");
    }

    /// <summary>Refuses a folder that cannot be made for a reason that shows before writing.</summary>
    public static void CheckFolder(string option, string path)
    {
        if (File.Exists(path)) throw new RefusedException($"{option}: '{path}' is a file; give a folder");
    }

    /// <summary>Writes a file under its temporary name.</summary>
    public void Add(string path, Action<TextWriter> write) => Guard(path, () =>
    {
        if (IsDevice(path))
        {
            using var direct = new StreamWriter(path, append: false, Utf8) { NewLine = "\n" };
            write(direct);
            return;
        }

        var target = Target(path);
        if (Directory.Exists(target)) throw new IOException("it is a folder");
        var folder = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(folder);
        var temporary = Path.Join(folder, $".{Path.GetFileName(target)}.{Environment.ProcessId}.tmp");
        files.Add((temporary, target));
        using var writer = new StreamWriter(temporary, append: false, Utf8) { NewLine = "\n" };
        write(writer);
    });

    /// <summary>Puts every file in its place.</summary>
    public void Commit()
    {
        foreach (var (temporary, target) in files) Guard(target, () => File.Move(temporary, target, overwrite: true));
        files.Clear();
    }

    /// <summary>Removes what was not committed.</summary>
    public void Dispose()
    {
        foreach (var (temporary, _) in files) File.Delete(temporary);
    }

    // A device or a pipe of the shell cannot be renamed onto.
    private static bool IsDevice(string path) =>
        Path.GetFullPath(path) is var full
        && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal));

    // A link is written through, not replaced.
    private static string Target(string path) =>
        File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path) : Path.GetFullPath(path);

    private static void Guard(string path, Action act)
    {
        try
        {
            act();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"cannot write '{path}': {error.Message}; choose another place");
        }
    }
}
