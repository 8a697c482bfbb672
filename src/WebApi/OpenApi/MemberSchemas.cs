using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace QrAi.WebApi.OpenApi;

/// <summary>
/// Describes what the framework does not know of members: those that are left out instead of null, those that are required
/// though their type allows null, and the values that are allowed.
/// </summary>
internal sealed class MemberSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(
        OpenApiSchema schema,
        OpenApiSchemaTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        DescribeConverted(schema, context.JsonTypeInfo.Type);
        foreach (var property in context.JsonTypeInfo.Properties)
            if (
                schema.Properties?.TryGetValue(property.Name, out var described) == true
                && described is OpenApiSchema member
            )
            {
                Describe(member, property, schema);
            }

        return Task.CompletedTask;
    }

    /// <summary>Adds the type of texts whose JSON converters the framework cannot look into.</summary>
    private static void DescribeConverted(OpenApiSchema schema, Type type)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        if (schema.Type is null && (value.IsEnum || value == typeof(DateTimeOffset)))
            schema.Type = JsonSchemaType.String;
    }

    private static void Describe(OpenApiSchema member, JsonPropertyInfo property, OpenApiSchema owner)
    {
        var attributes = property.AttributeProvider!.GetCustomAttributes(inherit: true);
        if (attributes.OfType<JsonIgnoreAttribute>().Any(one => one.Condition == JsonIgnoreCondition.WhenWritingNull))
        {
            owner.Required?.Remove(property.Name);
            RefuseNull(member);
        }

        if (property.CustomConverter is IDescribedConverter converter)
            (member.Type, member.Items, member.OneOf) = (null, null, converter.Describe());
        if (attributes.OfType<RequiredAttribute>().Any())
            RefuseNull(member);
        if (attributes.OfType<AllowedValuesAttribute>().SingleOrDefault() is { Values: var values })
            Allow(member, values);
        if (attributes.OfType<ParsedAsAttribute>().SingleOrDefault()?.Type == typeof(Guid))
            member.Format = "uuid";
        if (attributes.OfType<ItemTypeAttribute>().SingleOrDefault() is { Type: var type })
            member.Items = new OpenApiSchema { Type = type };
    }

    private static void RefuseNull(OpenApiSchema member)
    {
        member.Type &= ~JsonSchemaType.Null;
        member.Metadata?.Remove(SchemaMetadata.NullableMember);
    }

    private static void Allow(OpenApiSchema member, object?[] values)
    {
        if (values is [null])
            member.Type = JsonSchemaType.Null;
        else if (values is [string only])
            (member.Type, member.Const) = (member.Type ?? JsonSchemaType.String, only);
        else
            member.Enum = [.. values.Select(value => JsonSerializer.SerializeToNode(value)!)];
    }
}

/// <summary>The types of a list's items, where C# has none for them.</summary>
/// <param name="type">The types.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ItemTypeAttribute(JsonSchemaType type) : Attribute
{
    /// <summary>The types.</summary>
    public JsonSchemaType Type { get; } = type;
}
