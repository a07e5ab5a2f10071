using NUnit.Framework;
using Planner.Inputs;

namespace Planner.Tests.Inputs;

[TestFixture]
public sealed class CatalogTests
{
    [Test]
    public void EveryShippedFile_Loads()
    {
        var models = new ModelCatalog();
        var hardware = new HardwareCatalog();
        var stacks = new StackCatalog();
        using (Assert.EnterMultipleScope())
        {
            foreach (string name in models.Names)
                Assert.That(models.Load(name).Spec.Name, Is.EqualTo(name));
            foreach (string name in hardware.Names)
                Assert.That(hardware.Load(name).Spec.Name, Is.EqualTo(name));
            foreach (string name in stacks.Names)
                Assert.That(stacks.Load(name).Spec.Name, Is.EqualTo(name));
        }
    }
}
