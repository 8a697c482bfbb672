using GraphQL;
using GraphQL.Types;
using GraphQL.Utilities;
using Microsoft.Extensions.DependencyInjection;

namespace QrAi.Tests.Integration.GraphQL;

public sealed class SchemaTests() : GraphQlTest(DatabaseKind.Sqlite)
{
    private static readonly string _file = Path.Combine(Repository.Root, "docs", "schema.graphql");

    [Test]
    public async Task The_schema_equals_the_published_one()
    {
        await using var qrai = await StartAsync();
        var printed = Print(qrai).ReplaceLineEndings("\n").TrimEnd() + "\n";
        var published = File.Exists(_file) ? await File.ReadAllTextAsync(_file) : "";

        if (printed != published && Environment.GetEnvironmentVariable("QRAI_UPDATE_SNAPSHOTS") == "true")
            await File.WriteAllTextAsync(_file, published = printed);

        published.ShouldBe(printed, "docs/schema.graphql differs; QRAI_UPDATE_SNAPSHOTS=true updates it.");
    }

    [Test]
    public async Task Everything_in_the_schema_is_described()
    {
        await using var qrai = await StartAsync();
        var schema = SchemaOf(qrai);
        var own = schema
            .AllTypes.Where(type => type is not ScalarGraphType || type.Name == "DateTime")
            .Where(type => !type.Name.StartsWith("__", StringComparison.Ordinal))
            .ToList();

        own.Count.ShouldBeGreaterThan(15);
        own.Where(type => string.IsNullOrWhiteSpace(type.Description)).Select(type => type.Name).ShouldBeEmpty();
        own.OfType<IComplexGraphType>()
            .SelectMany(type =>
                type.Fields.SelectMany(field =>
                    (field.Arguments ?? [])
                        .Where(argument => string.IsNullOrWhiteSpace(argument.Description))
                        .Select(argument => $"{type.Name}.{field.Name}({argument.Name})")
                        .Concat(string.IsNullOrWhiteSpace(field.Description) ? [$"{type.Name}.{field.Name}"] : [])
                )
            )
            .ShouldBeEmpty();
    }

    private static ISchema SchemaOf(QrAiHost qrai)
    {
        var schema = qrai.Services.GetRequiredService<ISchema>();
        schema.Initialize();
        return schema;
    }

    private static string Print(QrAiHost qrai) =>
        SchemaOf(qrai)
            .Print(new PrintOptions { IncludeDescriptions = true, StringComparison = StringComparison.Ordinal });
}
