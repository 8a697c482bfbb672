using QrAi.Application.Models;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Secrets;

public sealed class SecretProviderTests
{
    private const string GoogleAiKey = "google-ai-0123456789";

    private readonly SecretProvider _secrets = new(Of("one"));

    [Test]
    public void New_secrets_replace_those_in_use()
    {
        _secrets
            .Update(Of("two"), _ => true)
            .ShouldBe(
                ["OPENROUTER_API_KEY", "GOOGLE_AI_API_KEY", "DATABASE_URL", "AZURE_STORAGE_CONNECTION_STRING"],
                ignoreOrder: true
            );

        _secrets.ApiKeyOf(ModelProviderNames.OpenRouter).ShouldBe("sk-or-two");
        _secrets.ApiKeyOf(ModelProviderNames.GoogleAi).ShouldBe($"{GoogleAiKey}-two");
        ((PostgresAddress)_secrets.Database).Password.ShouldBe("two");
        _secrets.StorageConnectionString.ShouldBe("AccountName=a;AccountKey=two");
        _secrets.Update(Of("two"), _ => true).ShouldBeEmpty();
    }

    [Test]
    public void An_unusable_secret_does_not_prevent_the_update_of_others()
    {
        _secrets
            .Update(Of("two"), name => name != "OPENROUTER_API_KEY")
            .ShouldBe(["GOOGLE_AI_API_KEY", "DATABASE_URL", "AZURE_STORAGE_CONNECTION_STRING"], ignoreOrder: true);

        _secrets.ApiKeyOf(ModelProviderNames.OpenRouter).ShouldBe("sk-or-one");
    }

    [Test]
    public void A_new_key_of_the_provider_of_embeddings_replaces_the_one_in_use()
    {
        var secrets = new SecretProvider(Embedding("one"));

        secrets.Update(Embedding("two"), _ => true).ShouldBe(["TEI_API_KEY"]);

        secrets.ApiKeyOf("tei").ShouldBe("two");
        secrets.Update(Embedding("two"), _ => true).ShouldBeEmpty();

        static QrAiSettings Embedding(string key) =>
            Read(
                ("EMBEDDING_PROVIDER", "tei"),
                ("EMBEDDING_MODEL", "embed"),
                ("TEI_BASE_URL", "https://tei.test/v1"),
                ("TEI_API_KEY", key)
            );
    }

    [Test]
    public void A_key_of_a_provider_of_answers_and_embeddings_is_reported_once()
    {
        var secrets = new SecretProvider(Both("sk-or-one"));

        secrets.Update(Both("sk-or-two"), _ => true).ShouldBe(["OPENROUTER_API_KEY"]);

        static QrAiSettings Both(string key) =>
            Read(("OPENROUTER_API_KEY", key), ("EMBEDDING_PROVIDER", "openrouter"), ("EMBEDDING_MODEL", "embed"));
    }

    [Test]
    public void A_removed_secret_stays_in_use()
    {
        _secrets.Update(Read(("LLM_PROVIDERS", "offline")), _ => true).ShouldBeEmpty();

        _secrets.ApiKeyOf(ModelProviderNames.OpenRouter).ShouldBe("sk-or-one");
        _secrets.StorageConnectionString.ShouldBe("AccountName=a;AccountKey=one");
    }

    [Test]
    public void Another_key_changes_nothing_else_about_its_provider()
    {
        var other = Read(
            ("OPENROUTER_API_KEY", "sk-or-two"),
            ("OPENROUTER_MODEL", "other"),
            ("LLM_PROVIDERS", "openrouter"),
            ("DATABASE_URL", "postgresql://qrai:one@db/qrai")
        );

        _secrets.Update(other, _ => true).ShouldBe(["OPENROUTER_API_KEY"]);
    }

    [TestCase("postgresql://qrai:two@db/qrai", false)]
    [TestCase("postgresql://qrai:two@other/qrai", true)]
    [TestCase("postgresql://other:two@db/qrai", true)]
    [TestCase("postgresql://qrai:two@db/other", true)]
    [TestCase("sqlite://other.db", true)]
    public void Another_database_is_distinguished_from_another_password(string url, bool isOther) =>
        _secrets.IsOtherDatabase(Read(("DATABASE_URL", url))).ShouldBe(isOther);

    private static QrAiSettings Of(string mark) =>
        Read(
            ("OPENROUTER_API_KEY", $"sk-or-{mark}"),
            ("GOOGLE_AI_API_KEY", $"{GoogleAiKey}-{mark}"),
            ("DATABASE_URL", $"postgresql://qrai:{mark}@db/qrai"),
            ("AZURE_STORAGE_CONNECTION_STRING", $"AccountName=a;AccountKey={mark}")
        );
}
