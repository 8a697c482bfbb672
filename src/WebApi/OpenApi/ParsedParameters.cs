using System.Text.Json;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace QrAi.WebApi.OpenApi;

/// <summary>
/// States the type of a parameter or a member that its endpoint receives as text and parses itself, so that an error names
/// it and the rule.
/// </summary>
/// <param name="type">The type.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
internal sealed class ParsedAsAttribute(Type type) : Attribute
{
    /// <summary>The type.</summary>
    public Type Type { get; } = type;

    /// <summary>The value of a parameter that is left out.</summary>
    public object? Default { get; init; }

    /// <summary>An example, where the documentation of the method cannot have it: XML comments do not reach headers.</summary>
    public string? Example { get; init; }
}

/// <summary>Describes parameters by the type that they are parsed as.</summary>
internal sealed class ParsedParameters : IOpenApiOperationTransformer
{
    public async Task TransformAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        foreach (var described in context.Description.ParameterDescriptions)
        {
            if (
                described.ParameterDescriptor is not IParameterInfoParameterDescriptor { ParameterInfo: var parameter }
                || parameter.GetCustomAttributes(typeof(ParsedAsAttribute), false) is not [ParsedAsAttribute parsed]
                || operation.Parameters?.FirstOrDefault(one => one.Name == described.Name) is not OpenApiParameter own
            )
                continue;
            var schema = await context.GetOrCreateSchemaAsync(parsed.Type, described, cancellationToken);
            schema.Default = parsed.Default is { } value ? JsonSerializer.SerializeToNode(value) : null;
            own.Schema = schema;
            if (parsed.Example is { } example)
                own.Example = example;
        }
    }
}
