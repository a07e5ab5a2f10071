using System.Text;

namespace Planner.Inputs.Json;

/// <summary>A parsed file that can say where in its text something is wrong.</summary>
internal sealed class JsonFile
{
    private readonly InputText text;

    private JsonFile(InputText text)
    {
        this.text = text;
        Root = new JsonParser(this, text.Bytes).Parse();
    }

    private JsonFile(InputText text, JsonItem root)
    {
        this.text = text;
        Root = root;
    }

    public string Name => text.Name;

    public JsonItem Root { get; }

    public static JsonFile Parse(InputText text) => new(text);

    /// <summary>This file laid over another; places in error messages are those of this one.</summary>
    public JsonFile Over(JsonItem below) => new(text, Root.Over(below));

    /// <summary>An error at a place: file:line:column: message, both counted from 1.</summary>
    public InputException Error(int offset, string message)
    {
        ReadOnlySpan<byte> before = text.Bytes.AsSpan(0, Math.Min(offset, text.Bytes.Length));
        int line = before.Count((byte)'\n') + 1;
        int column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return new InputException(FormattableString.Invariant($"{Name}:{line}:{column}: {message}"));
    }

    /// <summary>The offset of a line and a byte in it, both counted from 0.</summary>
    public int OffsetOf(long line, long byteInLine)
    {
        int offset = 0;
        for (; line > 0; line--)
        {
            int end = text.Bytes.AsSpan(offset).IndexOf((byte)'\n');
            if (end < 0)
                break;
            offset += end + 1;
        }

        return offset + (int)byteInLine;
    }
}
