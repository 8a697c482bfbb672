using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Backups;

namespace QrAi.Tests.Unit.Infrastructure.Backups;

public sealed class ManifestJsonTests
{
    private static readonly BackupManifest Manifest = Manifests.At();

    [Test]
    public void A_written_manifest_can_be_read()
    {
        foreach (var verification in Verifications)
        {
            var manifest = Manifest with { Verification = verification };

            var (read, damage) = ManifestJson.Read(manifest.Id, ManifestJson.Write(manifest));

            damage.ShouldBeNull();
            (read with { Contents = manifest.Contents }).ShouldBe(manifest);
            read.Contents.LastMigration.ShouldBe(manifest.Contents.LastMigration);
            read.Contents.Tables.ShouldBe(manifest.Contents.Tables);
        }
    }

    [Test]
    public void A_manifest_is_readable_by_people()
    {
        var json = JsonNode.Parse(ManifestJson.Write(Manifest with { Verification = Verifications[1] }))!;

        json["id"]!.GetValue<string>().ShouldBe("qrai-20261123T120000Z");
        json["createdAt"]!.GetValue<string>().ShouldBe("2026-11-23T12:00:00Z");
        json["toolVersion"]!.GetValue<string>().ShouldBe("pg_dump 15.18");
        json["serverVersion"]!.GetValue<string>().ShouldBe("15.18");
        json["lastMigration"]!.GetValue<string>().ShouldBe("20261124022438_Initial");
        json["sha256"]!.GetValue<string>().ShouldBe(Manifest.Sha256);
        json["size"]!.GetValue<long>().ShouldBe(123_456);
        json["tables"]![0]!
            .ToJsonString()
            .ShouldBe("""{"name":"public.messages","rows":10,"hash":"00000000000000ff"}""");
        json["verification"]!["outcome"]!.GetValue<string>().ShouldBe("passed");
    }

    [Test]
    public void Every_single_flipped_bit_is_detected_or_changes_nothing()
    {
        var json = ManifestJson.Write(Manifest with { Verification = Verifications[2] });
        var (original, _) = ManifestJson.Read(Manifest.Id, json);
        var detected = 0;
        for (var bit = 0; bit < json.Length * 8; bit++)
        {
            json[bit / 8] ^= (byte)(1 << (bit % 8));
            if (IsDetected(json, out var read))
                detected++;
            else
                JsonSerializer.Serialize(read).ShouldBe(JsonSerializer.Serialize(original), $"bit {bit}");
            json[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        detected.ShouldBeGreaterThan(json.Length * 7);
    }

    [Test]
    public void An_additional_row_is_detected_by_the_checksum_and_can_still_be_read()
    {
        var json = JsonNode.Parse(ManifestJson.Write(Manifest))!;
        json["tables"]![0]!["rows"] = 11;

        var (read, damage) = ManifestJson.Read(Manifest.Id, Encoding.UTF8.GetBytes(json.ToJsonString()));

        damage!.ShouldContain("checksum");
        read.Contents.Tables[0].Rows.ShouldBe(11);
    }

    [Test]
    public void White_space_is_ignored()
    {
        var compact = JsonNode.Parse(ManifestJson.Write(Manifest))!.ToJsonString();

        ManifestJson.Read(Manifest.Id, Encoding.UTF8.GetBytes(compact)).Damage.ShouldBeNull();
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("{\"version\":1}")]
    [TestCase("not json")]
    public void An_invalid_manifest_is_rejected(string json) =>
        Should.Throw<BackupDamagedException>(() => ManifestJson.Read(Manifest.Id, Encoding.UTF8.GetBytes(json)));

    [Test]
    public void The_manifest_of_another_backup_is_rejected() =>
        Should
            .Throw<BackupDamagedException>(() =>
                ManifestJson.Read("qrai-20260101T000000Z", ManifestJson.Write(Manifest))
            )
            .Message.ShouldContain("another backup");

    [Test]
    public void An_unknown_version_is_rejected_with_its_number()
    {
        var json = JsonNode.Parse(ManifestJson.Write(Manifest))!;
        json["version"] = 2;

        Should
            .Throw<BackupDamagedException>(() =>
                ManifestJson.Read(Manifest.Id, Encoding.UTF8.GetBytes(json.ToJsonString()))
            )
            .Message.ShouldContain("version 2");
    }

    private static BackupVerification?[] Verifications { get; } =
    [null, new(TestClock.Noon, null), new(TestClock.Noon.AddTicks(1), "Table public.messages is missing.")];

    private static bool IsDetected(byte[] json, out BackupManifest? manifest)
    {
        try
        {
            (manifest, var damage) = ManifestJson.Read(Manifest.Id, json);
            return damage is not null;
        }
        catch (BackupDamagedException)
        {
            manifest = null;
            return true;
        }
    }
}
