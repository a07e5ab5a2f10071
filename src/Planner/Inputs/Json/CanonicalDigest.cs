using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Planner.Inputs.Json;

/// <summary>SHA-256 of what a file says: fields sorted, no white space, numbers in one spelling. Layout and order of fields do not change it.</summary>
internal static class CanonicalDigest
{
    public static string Of(JsonItem root, params ReadOnlySpan<string> attachments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            Write(writer, root);
            foreach (string attachment in attachments)
                writer.WriteStringValue(attachment);
            writer.WriteEndArray();
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan));
    }

    /// <summary>Loads the native library that hashes.</summary>
    public static void WarmUp() => SHA256.HashData([]);

    private static void Write(Utf8JsonWriter writer, JsonItem item)
    {
        switch (item.Kind)
        {
            case JsonKind.Object:
                writer.WriteStartObject();
                foreach (JsonMember member in item.Members.OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonKind.Array:
                writer.WriteStartArray();
                foreach (JsonItem inner in item.Items)
                    Write(writer, inner);
                writer.WriteEndArray();
                break;
            case JsonKind.Text:
                writer.WriteStringValue(item.Text);
                break;
            case JsonKind.Number:
                Write(writer, item.Text);
                break;
            case JsonKind.Flag:
                writer.WriteBooleanValue(item.Text == "true");
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    // 1, 1.0 and 1e0 are one number; integers beyond 2^53 keep their digits.
    private static void Write(Utf8JsonWriter writer, string digits)
    {
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
            writer.WriteNumberValue(whole);
        else
            writer.WriteNumberValue(JsonNumber(digits));
    }

    private static double JsonNumber(string digits)
    {
        double number = double.Parse(digits, CultureInfo.InvariantCulture);
        return number == 0 ? 0 : number;
    }
}
