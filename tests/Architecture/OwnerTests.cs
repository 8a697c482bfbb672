using QrAi.Application.Persistence;
using QrAi.Domain.Callers;

namespace QrAi.Tests.Architecture;

/// <summary>
/// Access to the data of more than one owner. Every query passes the filter of the owner. Code that bypasses the filter
/// is listed here.
/// </summary>
public sealed class OwnerTests
{
    [Test]
    public void Every_entity_with_an_owner_is_filtered_by_it_except_keys_which_identify_the_owner() =>
        Entities
            .Where(entity => entity.GetProperty(nameof(IOwned.Owner)) is not null)
            .Where(entity => !entity.IsAssignableTo(typeof(IOwned)))
            .ShouldBe([typeof(ApiKey)]);

    [Test]
    public void Owned_types_are_entities() =>
        Layers
            .Domain.GetTypes()
            .Concat(Layers.Application.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IOwned)))
            .ShouldBeSubsetOf(Entities);

    [Test]
    public void Only_maintenance_and_the_operators_usage_bypass_the_filter_of_the_owner() =>
        FilesThatUse("IgnoreQueryFilters")
            .ShouldBe(
                [
                    "DeleteExpiredIdempotencyKeys.cs",
                    "RefoldTitles.cs",
                    "RemoveAbandonedReservations.cs",
                    "ReportUsage.cs",
                ],
                ignoreOrder: true
            );

    [Test]
    public void Only_the_lock_of_migrations_and_the_search_query_in_SQL_through_the_context() =>
        FilesThatUse("FromSql")
            .Concat(FilesThatUse("SqlQuery"))
            .ShouldBe(
                [
                    "PostgresMigrator.cs",
                    "PostgresDbContext.cs", // the statement names the owner
                    "SqliteDbContext.cs",
                ],
                ignoreOrder: true
            );

    [Test]
    public void Only_API_keys_maintenance_and_the_operators_usage_work_without_an_owner() =>
        FilesThatUse(nameof(IQrAiDbContextFactory.CreateForService))
            .ShouldBe(
                [
                    "AuthenticateKey.cs",
                    "CreateKey.cs",
                    "DeleteExpiredIdempotencyKeys.cs",
                    "IQrAiDbContextFactory.cs",
                    "ListKeys.cs",
                    "QrAiDbContextFactory.cs",
                    "RecordKeyUses.cs",
                    "RefoldTitles.cs",
                    "RemoveAbandonedReservations.cs",
                    "ReportUsage.cs",
                    "RevokeKey.cs",
                    "RotateKey.cs",
                ],
                ignoreOrder: true
            );

    [Test]
    public void The_owner_of_a_unit_of_work_is_the_caller_and_never_part_of_a_request() =>
        FilesThatUse("CreateFor(")
            .Except(FilesThatUse("caller.Owner"))
            .ShouldBe(
                [
                    "AnswerTakeover.cs", // for the owner of the answer
                    "IndexNextSessions.cs", // for the owner of the sessions
                    "DeleteInactiveSessions.cs", // for the owner of the sessions
                    "ReadNextDocument.cs", // for the owner of the document
                    "DocumentEmbedder.cs",
                    "EmbedNextDocument.cs",
                    "SegmentMerger.cs",
                    "VectorCache.cs", // for the owner that the handler passes
                    "OwnedTables.cs", // for the owner that the handler passes
                    "PassageSearch.cs", // for the owner that the handler passes
                    "RemoteAnswers.cs", // for the owner that the handler passes
                    "IdempotencyRecords.cs", // for the owner of the key, which the behaviour passes
                    "IdempotentCompletions.cs",
                    "IQrAiDbContextFactory.cs",
                    "QrAiDbContextFactory.cs",
                ],
                ignoreOrder: true
            );

    [Test]
    public void Only_verbs_of_operators_hold_a_connection_for_the_data_of_one_moment() =>
        FilesThatUse(nameof(IQrAiDbContextFactory.OpenSnapshotAsync))
            .ShouldBe(
                ["ExportOwner.cs", "OwnedTables.cs", "IQrAiDbContextFactory.cs", "QrAiDbContextFactory.cs"],
                ignoreOrder: true
            );

    private static IReadOnlyList<Type> Entities { get; } =
    [
        .. typeof(IQrAiDbContext)
            .GetProperties()
            .Where(property => property.PropertyType.IsGenericType)
            .Select(property => property.PropertyType.GetGenericArguments()[0]),
    ];

    private static IEnumerable<string> FilesThatUse(string text) =>
        SourceFiles
            .In("src")
            .Where(file => File.ReadAllText(file).Contains(text, StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file));
}
