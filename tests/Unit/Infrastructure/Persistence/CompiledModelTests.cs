using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using QrAi.Infrastructure.Persistence;
using QrAi.Infrastructure.Persistence.Postgres;
using QrAi.Infrastructure.Persistence.Sqlite;

namespace QrAi.Tests.Unit.Infrastructure.Persistence;

[TestFixture("Postgres")]
[TestFixture("Sqlite")]
public sealed partial class CompiledModelTests(string kind)
{
    private QrAiDbContext _database = null!;

    [SetUp]
    public void CreateContext() =>
        _database =
            kind == "Postgres"
                ? new PostgresDesignTime().CreateDbContext([])
                : new SqliteDesignTime().CreateDbContext([]);

    [TearDown]
    public void DisposeContext() => _database.Dispose();

    [Test]
    public void The_compiled_model_is_up_to_date()
    {
        var compiled = Describe(_database.Model);
        var code = Describe(BuiltFromCode(_database));

        compiled.Except(code).ShouldBeEmpty("The code does not have this: run build/compile-model.sh.");
        code.Except(compiled).ShouldBeEmpty("The compiled model does not have this: run build/compile-model.sh.");
    }

    [Test]
    public void The_context_uses_the_compiled_model() =>
        _database.Model.GetType().Name.ShouldBe($"{kind}DbContextModel");

    [Test]
    public void The_compiled_model_filters_by_owner()
    {
        _database.Owner = "alice";

        _database.Sessions.ToQueryString().ShouldContain("@ef_filter__Owner");
        _database.Sessions.IgnoreQueryFilters().ToQueryString().ShouldNotContain("@ef_filter__Owner");
    }

    private static IModel BuiltFromCode(DbContext database)
    {
        var source = database.GetService<IModelSource>();
        return source.GetModel(database, database.GetService<ModelCreationDependencies>(), designTime: false);
    }

    private static string[] Describe(IModel model)
    {
        var text = model.ToDebugString(
            MetadataDebugStringOptions.LongDefault & ~MetadataDebugStringOptions.IncludeAnnotations
        );
        var properties = model
            .GetEntityTypes()
            .SelectMany(entity => entity.GetFlattenedProperties())
            .Select(property =>
                $"{property.DeclaringType.Name}.{property.Name}: {property.GetColumnName()} {property.GetColumnType()} "
                + $"{property.GetTypeMapping().Converter?.ConvertToProviderExpression} "
                + $"{property.GetTypeMapping().Converter?.ConvertFromProviderExpression} {property.IsConcurrencyToken}"
            );
        var filters = model
            .GetEntityTypes()
            .SelectMany(entity =>
                entity.GetDeclaredQueryFilters().Select(filter => $"{entity.Name}: {filter.Expression}")
            );
        // The generator adds a cast where the compiler only boxes.
        return [.. text.Split('\n'), .. properties.Select(property => Boxing().Replace(property, "$1")), .. filters];
    }

    [GeneratedRegex(@"Convert\((\w+), Object\)")]
    private static partial Regex Boxing();
}
