using System.Reflection;
using NetArchTest.Rules;
using QrAi.Application.Generations;

namespace QrAi.Tests.Architecture;

/// <summary>Who may know whom.</summary>
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

    [Test]
    public void Domain_knows_no_other_layer() =>
        Types
            .InAssembly(Layers.Domain)
            .That()
            .ResideInNamespace("QrAi.Domain")
            .Hold(types => types.NotHaveDependencyOnAny("QrAi.Application", Layers.InfrastructureName, "QrAi.WebApi"));

    [Test]
    public void Application_knows_only_the_domain() =>
        Types
            .InAssembly(Layers.Application)
            .That()
            .ResideInNamespace("QrAi.Application")
            .Hold(types => types.NotHaveDependencyOnAny(Layers.InfrastructureName, "QrAi.WebApi"));

    [Test]
    public void Infrastructure_does_not_know_the_web() =>
        Types
            .InAssembly(Layers.Infrastructure)
            .That()
            .ResideInNamespace(Layers.InfrastructureName)
            .Hold(types => types.NotHaveDependencyOn("QrAi.WebApi"));

    [Test]
    public void Domain_knows_only_the_base_library_guard_clauses_and_the_contracts_of_MediatR()
    {
        var references = Layers.Domain.GetReferencedAssemblies().Select(name => name.Name!).ToList();

        references.ShouldContain("Ardalis.GuardClauses");
        references.ShouldContain("MediatR.Contracts");
        references
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal))
            .Except(["Ardalis.GuardClauses", "MediatR.Contracts"])
            .ShouldBeEmpty("The domain references what it must not know.");
    }

    [Test]
    public void Application_knows_no_database_no_web_and_no_logger()
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
            .Hold(types => types.NotHaveDependencyOnAny(forbidden));
        ReferencesOf(Layers.Application)
            .Where(name =>
                name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
                || name.StartsWith("Serilog", StringComparison.Ordinal)
                || name.StartsWith("Microsoft.EntityFrameworkCore.", StringComparison.Ordinal)
                    && name != "Microsoft.EntityFrameworkCore.Abstractions"
            )
            .ShouldBeEmpty("The application references what it must not know.");
    }

    [Test]
    public void The_web_touches_the_infrastructure_only_where_the_program_is_composed()
    {
        Types
            .InAssembly(Layers.WebApi)
            .That()
            .ResideInNamespace("QrAi.WebApi")
            .And()
            .DoNotResideInNamespace("QrAi.WebApi.Hosting")
            .Hold(types => types.NotHaveDependencyOn(Layers.InfrastructureName));
        Knows(Layers.WebApi, "QrAi.WebApi.Hosting", Layers.InfrastructureName);
    }

    [Test]
    public void Endpoints_and_streams_speak_to_the_application_only_through_its_requests()
    {
        // What requests return is theirs to hold, and the format of it is theirs to write.
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
            .Hold(types => types.NotHaveDependencyOnAny(services));
        Knows(Layers.WebApi, "QrAi.WebApi.Endpoints", "MediatR.ISender");
    }

    [Test]
    public void SQLite_and_PostgreSQL_do_not_know_each_other()
    {
        string[] sqliteFolders = ["QrAi.Infrastructure.Persistence.Sqlite", "QrAi.Infrastructure.Backups.Sqlite"];
        string[] postgresFolders = ["QrAi.Infrastructure.Persistence.Postgres", "QrAi.Infrastructure.Backups.Postgres"];

        foreach (var folder in sqliteFolders)
            Types
                .InAssembly(Layers.Infrastructure)
                .That()
                .ResideInNamespace(folder)
                .Hold(types => types.NotHaveDependencyOnAny(postgresFolders));
        foreach (var folder in postgresFolders)
            Types
                .InAssembly(Layers.Infrastructure)
                .That()
                .ResideInNamespace(folder)
                .Hold(types => types.NotHaveDependencyOnAny(sqliteFolders));
    }

    [Test]
    public void The_driver_of_PostgreSQL_stays_in_its_folders() =>
        StaysIn(["QrAi.Infrastructure.Persistence.Postgres", "QrAi.Infrastructure.Backups.Postgres"], Postgres);

    [Test]
    public void The_driver_of_SQLite_stays_in_its_folders() =>
        StaysIn(["QrAi.Infrastructure.Persistence.Sqlite", "QrAi.Infrastructure.Backups.Sqlite"], Sqlite);

    [Test]
    public void The_blob_storage_stays_with_the_backups() =>
        StaysIn(["QrAi.Infrastructure.Backups"], "Azure.Storage.Blobs");

    [Test]
    public void The_key_vault_stays_with_the_secrets() =>
        StaysIn(["QrAi.Infrastructure.Secrets"], "Azure.Security.KeyVault");

    [Test]
    public void Azures_credentials_stay_with_what_is_reached_by_them() =>
        StaysIn(["QrAi.Infrastructure.Backups", "QrAi.Infrastructure.Secrets"], "Azure.Identity");

    [Test]
    public void Model_SDKs_stay_with_the_models()
    {
        StaysIn(["QrAi.Infrastructure.Llm"], ModelSdks);
        Types
            .InAssembly(Layers.WebApi)
            .That()
            .ResideInNamespace("QrAi.WebApi")
            .Hold(types => types.NotHaveDependencyOnAny(ModelSdks));
        // To the application they are known by the abstraction that is its port, and by nothing else.
        ReferencesOf(Layers.Application)
            .Where(name => ModelSdks.Any(sdk => name.StartsWith(sdk, StringComparison.Ordinal)))
            .ShouldBe(["Microsoft.Extensions.AI.Abstractions"]);
    }

    private static IEnumerable<string> ReferencesOf(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(name => name.Name!);

    /// <summary>Holds that nothing outside of folders of the infrastructure knows something, and that each folder does.</summary>
    private static void StaysIn(string[] folders, params string[] dependencies)
    {
        var outside = Types.InAssembly(Layers.Infrastructure).That().ResideInNamespace(Layers.InfrastructureName);
        foreach (var folder in folders)
            outside = outside.And().DoNotResideInNamespace(folder);
        outside.Hold(types => types.NotHaveDependencyOnAny(dependencies));
        foreach (var folder in folders)
            Knows(Layers.Infrastructure, folder, dependencies);
    }

    /// <summary>The counterpart of a rule, without which it might be about names that are nowhere.</summary>
    private static void Knows(Assembly assembly, string folder, params string[] dependencies) =>
        Types
            .InAssembly(assembly)
            .That()
            .ResideInNamespace(folder)
            .And()
            .HaveDependencyOnAny(dependencies)
            .GetTypes()
            .ShouldNotBeEmpty($"Nothing in {folder} knows {string.Join(", ", dependencies)}.");
}
