using QrAi.Application.Persistence;

namespace QrAi.Tests.Architecture;

/// <summary>
/// Who may see more than one owner's data. Every query passes the filter of the owner; what goes round it does so on
/// purpose, and is named here.
/// </summary>
public sealed class OwnerTests
{
    [Test]
    public void Only_what_looks_after_everybodys_old_keys_and_titles_goes_round_the_owner() =>
        FilesThatUse("IgnoreQueryFilters").ShouldBe(["ForgetOldKeys.cs", "RefoldTitles.cs"], ignoreOrder: true);

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
                    "ForgetOldKeys.cs",
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
                    "AnswersElsewhere.cs", // for the owner whose handler follows
                    "CompletionsOnce.cs",
                    "IQrAiDbContextFactory.cs",
                    "QrAiDbContextFactory.cs",
                ],
                ignoreOrder: true
            );

    private static IEnumerable<string> FilesThatUse(string text) =>
        SourceFiles
            .In("src")
            .Where(file => File.ReadAllText(file).Contains(text, StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file));
}
