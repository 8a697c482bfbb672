using MediatR;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Architecture;

/// <summary>Entities and domain events.</summary>
public sealed class DomainTests
{
    private static List<Type> Entities { get; } =
    [
        .. Layers
            .Domain.Written()
            .Where(type => type is { IsClass: true, IsNested: false } && !type.IsStatic() && !type.IsRecord())
            .Where(type => !type.IsSubclassOf(typeof(Exception))),
    ];

    private static List<Type> Events { get; } =
    [.. Layers.Domain.Written().Where(type => type.IsAssignableTo(typeof(INotification)))];

    [Test]
    public void Entities_are_found() =>
        new[] { typeof(Session), typeof(Turn), typeof(Message) }.ShouldBeSubsetOf(Entities);

    [Test]
    public void Entities_have_no_public_setters() =>
        Entities.Must(entity => entity.GetProperties().All(property => property.SetMethod is not { IsPublic: true }));

    [Test]
    public void Entities_have_no_public_fields() =>
        Entities.Must(entity => entity.GetFields().All(field => field.IsLiteral || field.IsInitOnly && field.IsStatic));

    [Test]
    public void Entities_have_no_public_parameterless_constructors() =>
        Entities.Must(entity => entity.GetConstructor([]) is null);

    [Test]
    public void Entities_are_sealed() => Entities.Must(entity => entity.IsSealed);

    [Test]
    public void Domain_events_are_sealed_records_of_values() =>
        Events.Must(type =>
            type.IsSealed && type.IsRecord() && type.GetProperties().All(property => IsValue(property.PropertyType))
        );

    [Test]
    public void Domain_events_are_immutable() =>
        Events.Must(type =>
            type.GetProperties()
                .All(property =>
                    property.SetMethod is null
                    || property
                        .SetMethod.ReturnParameter.GetRequiredCustomModifiers()
                        .Contains(typeof(System.Runtime.CompilerServices.IsExternalInit))
                )
        );

    private static bool IsValue(Type type) =>
        type == typeof(string) || (Nullable.GetUnderlyingType(type) ?? type) is { IsValueType: true };
}
