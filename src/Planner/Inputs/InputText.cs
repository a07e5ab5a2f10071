using System.Text.Unicode;

namespace Planner.Inputs;

/// <summary>The bytes of an input and the name its errors carry.</summary>
internal sealed record InputText(string Name, byte[] Bytes)
{
    /// <summary>Reads a model, hardware, stack or other input file whole.</summary>
    public static InputText Read(string path) => Read(path, FileKind.Input);

    /// <summary>Reads a file whole; every reason why that is impossible is one line.</summary>
    public static InputText Read(string path, FileKind kind)
    {
        if (Directory.Exists(path))
            throw new InputException($"{path} is a directory; give the file inside it, for example {Path.Join(path, kind.Example)}");
        try
        {
            using FileStream file = File.OpenRead(path);
            return Read(file, path, kind);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path} does not exist; check the path");
        }
        catch (UnauthorizedAccessException)
        {
            throw new InputException($"{path} cannot be read: permission denied; check the file's access rights");
        }
        catch (Exception error) when (error is IOException or ArgumentException or NotSupportedException)
        {
            throw new InputException($"{path} cannot be read: {error.Message}");
        }
    }

    /// <summary>Reads a stream to its end; <paramref name="name"/> is what errors call it.</summary>
    public static InputText Read(Stream stream, string name, FileKind kind) => new(name, Text(name, Whole(name, stream, kind)));

    // Reads to the limit and not to the announced length, which pipes and devices do not have.
    private static byte[] Whole(string path, Stream file, FileKind kind)
    {
        var all = new MemoryStream();
        var block = new byte[64 * 1024];
        for (int read; (read = file.Read(block)) > 0;)
        {
            all.Write(block, 0, read);
            if (all.Length > kind.Bytes)
                throw new InputException(FormattableString.Invariant($"{path} is larger than {kind.Megabytes} MB; {kind.Usual}"));
        }

        return all.ToArray();
    }

    private static byte[] Text(string path, byte[] bytes)
    {
        if (bytes is [0xEF, 0xBB, 0xBF, ..])
            bytes = bytes[3..];
        if (bytes.Length == 0)
            throw new InputException($"{path} is empty");
        return Utf8.IsValid(bytes) ? bytes : throw new InputException($"{path} is not UTF-8 text; save it as UTF-8");
    }
}
