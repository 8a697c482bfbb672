using System.Reflection;
using NetArchTest.Rules;

namespace QrAi.Tests.Architecture;

/// <summary>The assemblies that the rules are about, and how a rule is enforced.</summary>
internal static class Layers
{
    public const string InfrastructureName = "QrAi.Infrastructure";

    public static Assembly Domain { get; } = typeof(Domain.Sessions.Session).Assembly;

    public static Assembly Application { get; } = typeof(QrAi.Application.DependencyInjection).Assembly;

    public static Assembly Infrastructure { get; } = typeof(QrAi.Infrastructure.DependencyInjection).Assembly;

    public static Assembly WebApi { get; } = typeof(QrAi.WebApi.Hosting.QrAiService).Assembly;

    public static Assembly[] All { get; } = [Domain, Application, Infrastructure, WebApi];

    /// <summary>
    /// Enforces a rule on the selected types. Fails if no type is selected, since such a rule cannot be broken. The
    /// failure names the types that break the rule.
    /// </summary>
    public static void Must(this PredicateList selection, Func<Conditions, ConditionList> rule)
    {
        selection.GetTypes().ShouldNotBeEmpty("The rule selects no type.");
        (rule(selection.Should()).GetResult().FailingTypes ?? [])
            .Select(type => type.FullName)
            .ShouldBeEmpty("These types break the rule.");
    }

    /// <inheritdoc cref="Must(PredicateList, Func{Conditions, ConditionList})"/>
    public static void Must(this IEnumerable<Type> selection, Func<Type, bool> rule)
    {
        var types = selection.ToList();
        types.ShouldNotBeEmpty("The rule selects no type.");
        types.Where(type => !rule(type)).Select(type => type.FullName).ShouldBeEmpty("These types break the rule.");
    }

    public static bool IsRecord(this Type type) => type.GetMethod("<Clone>$") is not null;

    public static bool IsStatic(this Type type) => type is { IsAbstract: true, IsSealed: true };

    /// <summary>The types in source code, without those that the compiler generates.</summary>
    public static IEnumerable<Type> Written(this Assembly assembly) =>
        assembly
            .GetTypes()
            .Where(type => type.Namespace?.StartsWith("QrAi.", StringComparison.Ordinal) == true)
            .Where(type => !type.FullName!.Contains('<', StringComparison.Ordinal));
}
