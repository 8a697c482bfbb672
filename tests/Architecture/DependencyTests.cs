using System.Reflection;
using NetArchTest.Rules;
using QrAi.Application.Generations;

namespace QrAi.Tests.Architecture;

/// <summary>Allowed dependencies between layers and on libraries.</summary>
public sealed class DependencyTests
{
    private static readonly string[] Postgres =
    [
        "Npgsql",
        "Microsoft.EntityFrameworkCore.NpgsqlDbContextOptionsBuilderExtensions",
        "Microsoft.EntityFrameworkCore.NpgsqlEntityTypeBuilderExtensions",
        "Microsoft.EntityFrameworkCore.NpgsqlModelBuilderExtensions",
    ];

    private static readonly string[] Sqlite =
    [
        "Microsoft.Data.Sqlite",
        "SQLitePCL",
        "Microsoft.EntityFrameworkCore.Sqlite",
        "Microsoft.EntityFrameworkCore.SqliteDbContextOptionsBuilderExtensions",
    ];

    private static readonly string[] ModelSdks =
    [
        "Microsoft.Extensions.AI",
        "OpenAI",
        "Azure.AI",
        "Google.GenAI",
        "Google.Cloud.AIPlatform",
        "Anthropic",
    ];

    private static readonly string[] DocumentParsers =
    [
        "AngleSharp",
        "CsvHelper",
        "DocumentFormat.OpenXml",
        "Markdig",
        "UglyToad.PdfPig",
        "UtfUnknown",
    ];

    [Test]
    public void Domain_depends_on_no_other_layer() =>
        Types
            .InAssembly(Layers.Domain)
            .That()
            .ResideInNamespace("QrAi.Domain")
            .Must(types => types.NotHaveDependencyOnAny("QrAi.Application", Layers.InfrastructureName, "QrAi.WebApi"));

    [Test]
    public void Application_depends_only_on_the_domain() =>
        Types
            .InAssembly(Layers.Application)
            .That()
            .ResideInNamespace("QrAi.Application")
            .Must(types => types.NotHaveDependencyOnAny(Layers.InfrastructureName, "QrAi.WebApi"));

    [Test]
    public void Infrastructure_does_not_depend_on_the_web() =>
        Types
            .InAssembly(Layers.Infrastructure)
            .That()
            .ResideInNamespace(Layers.InfrastructureName)
            .Must(types => types.NotHaveDependencyOn("QrAi.WebApi"));

    [Test]
    public void Domain_depends_only_on_the_base_library_guard_clauses_and_the_contracts_of_MediatR()
    {
        var references = Layers.Domain.GetReferencedAssemblies().Select(name => name.Name!).ToList();

        references.ShouldContain("Ardalis.GuardClauses");
        references.ShouldContain("MediatR.Contracts");
        references
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal))
            .Except(["Ardalis.GuardClauses", "MediatR.Contracts"])
            .ShouldBeEmpty("The domain has forbidden references.");
    }

    [Test]
    public void Application_depends_on_no_database_no_web_and_no_logger()
    {
        string[] forbidden =
        [
            "Microsoft.AspNetCore",
            "Serilog",
            .. Postgres,
            .. Sqlite,
            "Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions",
            "Microsoft.EntityFrameworkCore.RelationalQueryableExtensions",
        ];

        Types
            .InAssembly(Layers.Application)
            .That()
            .ResideInNamespace("QrAi.Application")
            .Must(types => types.NotHaveDependencyOnAny(forbidden));
        ReferencesOf(Layers.Application)
            .Where(name =>
                name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                || name.StartsWith("Serilog", StringComparison.Ordinal)
                || name.StartsWith("Microsoft.EntityFrameworkCore.", StringComparison.Ordinal)
                    && name != "Microsoft.EntityFrameworkCore.Abstractions"
            )
            .ShouldBeEmpty("The application has forbidden references.");
    }

    [Test]
    public void The_web_uses_the_infrastructure_only_in_the_composition_root()
    {
        Types
            .InAssembly(Layers.WebApi)
            .That()
            .ResideInNamespace("QrAi.WebApi")
            .And()
            .DoNotResideInNamespace("QrAi.WebApi.Hosting")
            .Must(types => types.NotHaveDependencyOn(Layers.InfrastructureName));
        DependsOn(Layers.WebApi, "QrAi.WebApi.Hosting", Layers.InfrastructureName);
    }

    [Test]
    public void Endpoints_and_streams_use_the_application_only_through_its_requests()
    {
        // Endpoints and streams may use what requests return, and write its format.
        string[] returned =
        [
            typeof(Generation).FullName!,
            typeof(Follower).FullName!,
            typeof(IGenerationWriter).FullName!,
        ];
        var services = Layers
            .Application.Written()
            .Where(type => type.IsPublic && !type.IsEnum && !type.IsStatic())
            .Where(type => type.IsInterface || !type.IsRecord() && !type.IsValueType)
            .Where(type => !type.IsSubclassOf(typeof(Exception)))
            .Select(type => type.FullName!)
            .Except(returned)
            .ToArray();
        services.ShouldContain("QrAi.Application.Generations.RunningGenerations");
        services.ShouldContain("QrAi.Application.Generations.IAnswerStore");
        services.ShouldContain("QrAi.Application.Work.Worker");
        services.ShouldContain("QrAi.Application.Persistence.IQrAiDbContextFactory");
        services.ShouldContain("QrAi.Application.Models.IModelProviders");

        Types
            .InAssembly(Layers.WebApi)
            .That()
            .ResideInNamespaceMatching(@"^QrAi\.WebApi\.(Endpoints|Streams|GraphQL|OpenAi|Commands)")
            .Must(types => types.NotHaveDependencyOnAny(services));
        DependsOn(Layers.WebApi, "QrAi.WebApi.Endpoints", "MediatR.ISender");
    }

    [Test]
    public void SQLite_and_PostgreSQL_do_not_depend_on_each_other()
    {
        string[] sqliteFolders = ["QrAi.Infrastructure.Persistence.Sqlite", "QrAi.Infrastructure.Backups.Sqlite"];
        string[] postgresFolders = ["QrAi.Infrastructure.Persistence.Postgres", "QrAi.Infrastructure.Backups.Postgres"];

        foreach (var folder in sqliteFolders)
            Types
                .InAssembly(Layers.Infrastructure)
                .That()
                .ResideInNamespace(folder)
                .Must(types => types.NotHaveDependencyOnAny(postgresFolders));
        foreach (var folder in postgresFolders)
            Types
                .InAssembly(Layers.Infrastructure)
                .That()
                .ResideInNamespace(folder)
                .Must(types => types.NotHaveDependencyOnAny(sqliteFolders));
    }

    [Test]
    public void The_driver_of_PostgreSQL_is_used_only_in_its_folders() =>
        IsUsedOnlyIn(["QrAi.Infrastructure.Persistence.Postgres", "QrAi.Infrastructure.Backups.Postgres"], Postgres);

    [Test]
    public void The_driver_of_SQLite_is_used_only_in_its_folders() =>
        IsUsedOnlyIn(["QrAi.Infrastructure.Persistence.Sqlite", "QrAi.Infrastructure.Backups.Sqlite"], Sqlite);

    [Test]
    public void The_blob_storage_is_used_only_by_backups() =>
        IsUsedOnlyIn(["QrAi.Infrastructure.Backups"], "Azure.Storage.Blobs");

    [Test]
    public void The_key_vault_is_used_only_by_secrets() =>
        IsUsedOnlyIn(["QrAi.Infrastructure.Secrets"], "Azure.Security.KeyVault");

    [Test]
    public void Azure_credentials_are_used_only_by_backups_and_secrets() =>
        IsUsedOnlyIn(["QrAi.Infrastructure.Backups", "QrAi.Infrastructure.Secrets"], "Azure.Identity");

    [Test]
    public void Model_SDKs_are_used_only_by_the_providers()
    {
        IsUsedOnlyIn(["QrAi.Infrastructure.Llm"], ModelSdks);
        Types
            .InAssembly(Layers.WebApi)
            .That()
            .ResideInNamespace("QrAi.WebApi")
            .Must(types => types.NotHaveDependencyOnAny(ModelSdks));
        // The application uses only the abstraction that is its port.
        ReferencesOf(Layers.Application)
            .Where(name => ModelSdks.Any(sdk => name.StartsWith(sdk, StringComparison.Ordinal)))
            .ShouldBe(["Microsoft.Extensions.AI.Abstractions"]);
    }

    [Test]
    public void Document_parsers_are_used_only_by_documents()
    {
        IsUsedOnlyIn(["QrAi.Infrastructure.Documents"], DocumentParsers);
        Types
            .InAssembly(Layers.WebApi)
            .That()
            .ResideInNamespace("QrAi.WebApi")
            .Must(types => types.NotHaveDependencyOnAny(DocumentParsers));
        ReferencesOf(Layers.Application)
            .Where(name => DocumentParsers.Any(parser => name.StartsWith(parser, StringComparison.Ordinal)))
            .ShouldBeEmpty("The application references a document parser.");
    }

    private static IEnumerable<string> ReferencesOf(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(name => name.Name!);

    /// <summary>Asserts that each folder of the infrastructure has the dependencies, and no other code does.</summary>
    private static void IsUsedOnlyIn(string[] folders, params string[] dependencies)
    {
        var outside = Types.InAssembly(Layers.Infrastructure).That().ResideInNamespace(Layers.InfrastructureName);
        foreach (var folder in folders)
            outside = outside.And().DoNotResideInNamespace(folder);
        outside.Must(types => types.NotHaveDependencyOnAny(dependencies));
        foreach (var folder in folders)
            DependsOn(Layers.Infrastructure, folder, dependencies);
    }

    /// <summary>The counterpart of a rule: proves that its names exist.</summary>
    private static void DependsOn(Assembly assembly, string folder, params string[] dependencies) =>
        Types
            .InAssembly(assembly)
            .That()
            .ResideInNamespace(folder)
            .And()
            .HaveDependencyOnAny(dependencies)
            .GetTypes()
            .ShouldNotBeEmpty($"Nothing in {folder} depends on {string.Join(", ", dependencies)}.");
}
