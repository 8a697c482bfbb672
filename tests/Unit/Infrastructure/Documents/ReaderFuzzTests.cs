using System.Diagnostics;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;
using QrAi.Infrastructure.Documents;
using QrAi.Tests.Unit.Support.Documents;

namespace QrAi.Tests.Unit.Infrastructure.Documents;

/// <summary>Damaged and hostile documents: each comes from its seed, which a failure names.</summary>
public sealed class ReaderFuzzTests
{
    private const int Documents = 1_000;

    private const int FirstSeed = 20_261_128;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly DocumentFormats Formats = new(
        DocumentRegistration.CreateReaders(DocumentLimits.Default),
        Limit,
        TimeProvider.System
    );

    private static IEnumerable<string> MediaTypesWithReaders => HostileDocuments.Sound.Keys;

    [TestCaseSource(nameof(MediaTypesWithReaders))]
    public async Task A_sound_document_is_read(string mediaType) =>
        (await Formats.ReadAsync(HostileDocuments.Sound[mediaType], mediaType, default)).Blocks.ShouldNotBeEmpty();

    [TestCaseSource(nameof(MediaTypesWithReaders))]
    public Task A_truncated_document_is_read_or_unreadable(string mediaType) =>
        ReadAllAsync(mediaType, HostileDocuments.Truncated);

    [TestCaseSource(nameof(MediaTypesWithReaders))]
    public Task A_document_with_flipped_bits_is_read_or_unreadable(string mediaType) =>
        ReadAllAsync(mediaType, HostileDocuments.Flipped);

    [TestCaseSource(nameof(MediaTypesWithReaders))]
    public Task A_nested_document_is_read_or_unreadable(string mediaType) =>
        ReadAllAsync(mediaType, HostileDocuments.Nested);

    private static async Task ReadAllAsync(string mediaType, Func<string, Random, byte[]> create)
    {
        for (var seed = FirstSeed; seed < FirstSeed + Documents; seed++)
        {
            var content = create(mediaType, new Random(seed));
            var began = Stopwatch.GetTimestamp();
            try
            {
                Formats.Identify(content, "file.txt");
                var document = await Formats.ReadAsync(content, mediaType, CancellationToken.None);
                document.Blocks.ShouldNotBeEmpty($"seed {seed}");
                document.Blocks.All(IsSound).ShouldBeTrue($"seed {seed}");
            }
            catch (DocumentUnreadableException failure)
            {
                failure.Error.ShouldNotBe(DocumentError.TimedOut, $"seed {seed}");
            }

            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Limit, $"seed {seed}");
        }
    }

    private static bool IsSound(Block block) =>
        block.Text.Trim().Length == block.Text.Length
        && block.Text.Length > 0
        && block.Text.IsNormalized()
        && !block.Text.Any(character => char.IsControl(character) && character != '\n')
        && block.Level is >= 0 and <= 6;
}
