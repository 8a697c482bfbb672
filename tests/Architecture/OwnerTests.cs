using QrAi.Application.Persistence;
using QrAi.Domain.Callers;

namespace QrAi.Tests.Architecture;

/// <summary>
/// Who may see more than one owner's data. Every query passes the filter of the owner; what goes round it does so on
/// purpose, and is named here.
/// </summary>
public sealed class OwnerTests
{
    [Test]
    public void Every_entity_with_an_owner_is_filtered_by_it_but_for_keys_which_tell_who_the_owner_is() =>
        Entities
            .Where(entity => entity.GetProperty(nameof(IOwned.Owner)) is not null)
            .Where(entity => !entity.IsAssignableTo(typeof(IOwned)))
            .ShouldBe([typeof(ApiKey)]);

    [Test]
    public void What_is_owned_is_an_entity() =>
        Layers
            .Domain.GetTypes()
            .Concat(Layers.Application.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IOwned)))
            .ShouldBeSubsetOf(Entities);

    [Test]
    public void Only_what_looks_after_everybodys_old_keys_and_titles_goes_round_the_owner() =>
        FilesThatUse("IgnoreQueryFilters")
            .ShouldBe(["DeleteExpiredIdempotencyKeys.cs", "RefoldTitles.cs"], ignoreOrder: true);

    [Test]
    public void Nothing_asks_in_SQL_of_its_own_but_for_the_lock_of_migrations() =>
        FilesThatUse("FromSql").Concat(FilesThatUse("SqlQuery")).ShouldBe(["PostgresMigrator.cs"]);

    [Test]
    public void Only_keys_and_what_looks_after_everybodys_old_keys_and_titles_work_for_no_owner() =>
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
                    "RevokeKey.cs",
                ],
                ignoreOrder: true
            );

    [Test]
    public void Whose_data_a_handler_reaches_the_caller_says_and_no_request() =>
        FilesThatUse("CreateFor(")
            .Except(FilesThatUse("caller.Owner"))
            .ShouldBe(
                [
                    "AnswerTakeover.cs", // for the owner whose answer it is
                    "RemoteAnswers.cs", // for the owner whose handler follows
                    "IdempotencyRecords.cs", // for the owner of the key, as the behaviour says
                    "IdempotentCompletions.cs",
                    "IQrAiDbContextFactory.cs",
                    "QrAiDbContextFactory.cs",
                ],
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
