using NUnit.Framework;
using Planner.Cost.Models;

namespace Planner.Cost.Tests.Models;

[TestFixture]
public sealed class AttentionContextTests
{
    [TestCase(4096, 128, false)]
    [TestCase(4096, 4096, false)]
    [TestCase(4096, 9000, false)]
    [TestCase(1000, 300, false)]
    [TestCase(4096, 1024, true)]
    [TestCase(1000, 300, true)]
    [TestCase(4096, 8192, true)]
    public void A_window_is_twice_the_mean_number_of_keys(int sequence, int window, bool chunked)
    {
        var keys = 0L;
        for (var query = 0; query < sequence; query++)
            for (var key = 0; key <= query; key++)
                if (chunked ? key / window == query / window : query - key < window) keys++;

        // The formula takes the sequence for continuous: it leaves out the diagonal's half.
        Assert.That(new AttentionWindow(window, [true], chunked).Context(sequence), Is.EqualTo(2.0 * keys / sequence).Within(1.0));
    }

    [Test]
    public void Layers_without_a_window_see_the_sequence() => Assert.That(TestModels.Llama8B.AttentionContext(8192), Is.EqualTo(8192));

    [Test]
    public void A_model_averages_its_layers()
    {
        var model = TestModels.Llama8B with { Window = new AttentionWindow(1024, [.. Enumerable.Repeat(true, 8)], Chunked: false) };
        Assert.That(model.AttentionContext(4096), Is.EqualTo(((24 * 4096) + (8 * 1024 * 1.75)) / 32));
    }

    [Test]
    public void Flops_of_attention_follow_the_context()
    {
        var whole = TrainingFlops.PerToken(TestModels.Llama8B, 4096);
        var half = TrainingFlops.PerToken(TestModels.Llama8B with { Window = new AttentionWindow(2048, [.. Enumerable.Repeat(true, 32)], Chunked: true) }, 4096);
        Assert.That(half.Attention.Value, Is.EqualTo(whole.Attention.Value / 2));
        Assert.That(half.Linear, Is.EqualTo(whole.Linear));
    }
}
