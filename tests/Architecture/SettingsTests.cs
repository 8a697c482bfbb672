using System.Reflection;
using QrAi.Infrastructure.Settings;

namespace QrAi.Tests.Architecture;

/// <summary>Options are validated where they are read, by their own <c>Read</c>.</summary>
public sealed class SettingsTests
{
    private static List<Type> Options { get; } =
    [.. Layers.Infrastructure.Written().Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal))];

    [Test]
    public void Options_are_sealed_records_of_the_settings() =>
        Options.Hold(type => type.IsSealed && type.IsRecord() && type.Namespace == typeof(SettingsReader).Namespace);

    [Test]
    public void Options_are_read_and_validated_by_themselves() =>
        Options.Hold(type =>
            type.GetMethod("Read", BindingFlags.Static | BindingFlags.NonPublic) is { IsAssembly: true } read
            && read.ReturnType == type
            && read.GetParameters()[0].ParameterType == typeof(SettingsReader)
        );

    [Test]
    public void Options_cannot_be_changed() =>
        Options.Hold(type =>
            type.GetProperties()
                .All(property =>
                    property.SetMethod is null
                    || property
                        .SetMethod.ReturnParameter.GetRequiredCustomModifiers()
                        .Contains(typeof(System.Runtime.CompilerServices.IsExternalInit))
                )
        );
}
